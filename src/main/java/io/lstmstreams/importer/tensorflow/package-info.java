/**
 * Converts the variables of a TensorFlow model into a {@link io.lstmstreams.importer.draft.Draft}; the entry point is
 * {@link io.lstmstreams.importer.tensorflow.TensorFlowImporter}. Cells, dense layers and embeddings are recognised by
 * the names and shapes of TensorFlow 1's cells and of Keras' layers.
 *
 * <p>The package {@code format} reads the files; {@code modelfile} builds the model.
 */
@NullMarked
package io.lstmstreams.importer.tensorflow;

import org.jspecify.annotations.NullMarked;
