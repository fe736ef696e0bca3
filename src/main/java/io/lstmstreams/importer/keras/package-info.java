/**
 * Model files of Keras 1, 2 and 3: from a configuration in JSON and arrays in HDF5 to a draft of our own. It knows Keras'
 * layers by their names only and never resolves one; it must not know how a network is run, nor how an HDF5 file is laid out.
 */
package io.lstmstreams.importer.keras;
