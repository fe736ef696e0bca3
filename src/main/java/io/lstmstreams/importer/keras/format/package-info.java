/** Readers of HDF5 files. They know no network. */
package io.lstmstreams.importer.keras.format;
