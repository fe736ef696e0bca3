/** Readers of TensorFlow's checkpoints, SavedModels and {@code .npz} files. They know no network. */
package io.lstmstreams.importer.tensorflow.format;
