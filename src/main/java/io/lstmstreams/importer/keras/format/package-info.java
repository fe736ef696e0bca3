/** Readers of HDF5 files. They do not depend on networks. */
package io.lstmstreams.importer.keras.format;
