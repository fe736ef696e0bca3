/**
 * Converts an ONNX graph to a draft of layers and heads. A graph computes on whole tensors, over all time steps and
 * sequences at once. This package evaluates the graph symbolically, operation by operation, tracks the axes of each
 * tensor, and so finds the function of one step. The package {@code format} reads ONNX files.
 */
@NullMarked
package io.lstmstreams.importer.onnx;

import org.jspecify.annotations.NullMarked;
