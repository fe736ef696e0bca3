/**
 * Our own model file: {@link io.lstmstreams.modelfile.ModelFile} loads and saves models. {@link
 * io.lstmstreams.modelfile.ModelSpec} is a model's spec, and each class named {@code ...Spec} reads and writes one part
 * of it. {@link io.lstmstreams.modelfile.LayerTypes} is the table of layer types: a {@link
 * io.lstmstreams.modelfile.LayerType} knows the spec, the parameters and the description of its layers. The package
 * {@code tensor} has named tensors and the safetensors format. The package {@code importer} reads foreign files.
 *
 * <p>Files are treated as hostile: every length and shape is checked against the file before memory is allocated for
 * it.
 */
@NullMarked
package io.lstmstreams.modelfile;

import org.jspecify.annotations.NullMarked;
