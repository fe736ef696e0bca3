/** Readers of ONNX files. They do not depend on networks. */
package io.lstmstreams.importer.onnx.format;
