/**
 * Runs ONNX graphs as they stand, in plain Java and double precision: the reference that an import is compared with.
 * Shares
 * nothing with the translation of graphs but the reader of files. Slow, because clarity comes first here.
 */
@NullMarked
package io.lstmstreams.importer.onnx.run;

import org.jspecify.annotations.NullMarked;
