/**
 * The peer: the library that a user would use instead of our kernels, with the same weights. This package defines what
 * the benchmarks need from the peer, and the model file that it runs. Only {@code io.lstmstreams.benchmark.onnxruntime}
 * imports the library, so that a plain {@code mvn verify} does not download its 72 MB.
 */
package io.lstmstreams.benchmark.peer;
