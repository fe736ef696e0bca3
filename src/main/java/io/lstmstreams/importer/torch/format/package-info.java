/** Readers of {@code torch.save} files: ZIP archives, the older format, and pickles. They know no network. */
package io.lstmstreams.importer.torch.format;
