/**
 * ONNX Runtime's Java API. Only the Maven profile {@code benchmark} compiles this package, and the other packages refer
 * to it by name only.
 */
package io.lstmstreams.benchmark.onnxruntime;
