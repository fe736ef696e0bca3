/**
 * From the variables of a TensorFlow model to a {@link io.lstmstreams.importer.draft.Draft}: which of them are cells, dense
 * layers and embeddings by their names and shapes, and how their columns are ordered.
 * {@link io.lstmstreams.importer.tensorflow.TensorFlowImporter} is the door.
 *
 * <p>It knows the names and formulas of TensorFlow 1's cells and of Keras' layers; it knows neither how files are laid out
 * ({@code format} does) nor how a model is built and run.
 */
package io.lstmstreams.importer.tensorflow;
