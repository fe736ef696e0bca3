/** Readers of TensorFlow's checkpoints, SavedModels and {@code .npz} files. They do not depend on networks. */
package io.lstmstreams.importer.tensorflow.format;
