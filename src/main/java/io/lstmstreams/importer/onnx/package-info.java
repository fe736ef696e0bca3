/**
 * An ONNX graph to a draft of layers and heads. A graph says what is computed on whole tensors, over all time steps and
 * sequences at once; this package follows it symbolically, operation by operation, keeps account of which axis of a tensor
 * is which, and so finds the function of one step. It must not know how a step is computed, nor protobuf.
 */
package io.lstmstreams.importer.onnx;
