/**
 * Our own model file: {@link io.lstmstreams.modelfile.ModelFile} loads and saves it, {@link
 * io.lstmstreams.modelfile.ModelSpec} is its spec, and the assemblers build the model from spec and tensors. The package
 * {@code tensor} has named tensors and the safetensors format. The package {@code importer} reads foreign files.
 *
 * <p>Files are treated as hostile: every length and shape is checked against the file before memory is allocated for it.
 */
package io.lstmstreams.modelfile;
