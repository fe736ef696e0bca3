package io.lstmstreams.importer.onnx.format;

import java.util.List;
import java.util.Optional;

/**
 * A named option of a node (onnx.proto, {@code AttributeProto}). Only the fields of its kind are valid.
 *
 * @param name the attribute's name, such as {@code hidden_size}
 * @param number the value of a float attribute
 * @param integer the value of an int attribute
 * @param text the value of a string attribute
 * @param tensor the value of a tensor attribute
 * @param numbers the values of a list of floats
 * @param integers the values of a list of ints
 * @param texts the values of a list of strings
 * @param graph true if the attribute holds a graph, which is not read
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record OnnxAttribute(
        String name,
        float number,
        long integer,
        String text,
        Optional<OnnxTensor> tensor,
        float[] numbers,
        long[] integers,
        List<String> texts,
        boolean graph) {}
