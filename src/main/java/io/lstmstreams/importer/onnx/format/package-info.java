/** Readers of ONNX files. They do not depend on networks. */
@NullMarked
package io.lstmstreams.importer.onnx.format;

import org.jspecify.annotations.NullMarked;
