package io.lstmstreams.modelfile.tensor;

import java.util.Map;

/**
 * The content of a file of tensors.
 *
 * @param tensors the tensors by name, in the file's order
 * @param metadata free text by key; empty if the format has none
 */
public record TensorFile(Map<String, Tensor> tensors, Map<String, String> metadata) {}
