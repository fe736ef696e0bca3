/** Readers of TensorFlow's checkpoints, SavedModels and {@code .npz} files. They do not depend on networks. */
@NullMarked
package io.lstmstreams.importer.tensorflow.format;

import org.jspecify.annotations.NullMarked;
