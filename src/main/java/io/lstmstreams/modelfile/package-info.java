/**
 * Model file to model and back: {@link io.lstmstreams.modelfile.ModelFile} is the door.
 *
 * <p>A file's way: a reader in {@code format} turns bytes into named tensors and knows no network; the package of a framework
 * ({@code torch}, {@code keras}, {@code tensorflow}, {@code onnx}) makes a {@link io.lstmstreams.modelfile.tensor.Draft} of
 * them, a spec and parameters under PyTorch's names; the classes here lay the user's spec over it and make the model.
 * {@code tensor} is what they hand to each other.
 *
 * <p>Files are treated as hostile: every length and shape is checked against the file before anything is allocated for it.
 */
package io.lstmstreams.modelfile;
