/**
 * Foreign model files: {@link io.lstmstreams.importer.ModelImporter} reads models of PyTorch, Keras, TensorFlow and
 * ONNX.
 *
 * <p>The package of a framework ({@code torch}, {@code keras}, {@code tensorflow}, {@code onnx}) reads a file with the
 * readers in its {@code format} package and in {@code bytes}, which do not depend on networks, and creates a {@link
 * io.lstmstreams.importer.draft.Draft}. {@code modelfile} lays the user's spec over the draft and builds the model. A
 * running application does not need this package.
 *
 * <p>Files are treated as hostile: every length and shape is checked against the file before memory is allocated for
 * it.
 */
@NullMarked
package io.lstmstreams.importer;

import org.jspecify.annotations.NullMarked;
