/** Readers of ONNX files. They know no network. */
package io.lstmstreams.importer.onnx.format;
