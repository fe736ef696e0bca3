/**
 * The peer: what a user would take instead of our kernels, with the same weights. Here is what the benchmarks ask of it and
 * the model file that it gets; its library is known to {@code io.lstmstreams.benchmark.onnxruntime} only, because its 72 MB
 * should not be downloaded for a plain {@code mvn verify}.
 */
package io.lstmstreams.benchmark.peer;
