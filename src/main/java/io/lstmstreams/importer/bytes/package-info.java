/** Readers of byte formats that the files of several frameworks use: zip archives and protocol buffers. */
@NullMarked
package io.lstmstreams.importer.bytes;

import org.jspecify.annotations.NullMarked;
