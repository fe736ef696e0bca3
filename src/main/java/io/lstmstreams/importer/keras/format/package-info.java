/** Readers of HDF5 files. They do not depend on networks. */
@NullMarked
package io.lstmstreams.importer.keras.format;

import org.jspecify.annotations.NullMarked;
