/** ONNX Runtime's Java API. Compiled with the Maven profile {@code benchmark} only; nothing refers to it but by name. */
package io.lstmstreams.benchmark.onnxruntime;
