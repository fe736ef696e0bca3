/**
 * Converts model files of Keras 1, 2 and 3, a configuration in JSON and arrays in HDF5, to a draft. Keras' layers are
 * recognised by their names; no class is loaded. The package {@code format} reads HDF5 files.
 */
@NullMarked
package io.lstmstreams.importer.keras;

import org.jspecify.annotations.NullMarked;
