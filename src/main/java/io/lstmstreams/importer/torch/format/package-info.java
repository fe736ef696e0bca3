/** Readers of {@code torch.save} files: ZIP archives, the older format, and pickles. They do not depend on networks. */
@NullMarked
package io.lstmstreams.importer.torch.format;

import org.jspecify.annotations.NullMarked;
