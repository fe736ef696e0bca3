package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.keras.format.Hdf5Group;
import org.jspecify.annotations.Nullable;

/**
 * The content of a file of Keras.
 *
 * @param file the file's name in errors
 * @param version the version of Keras that wrote the file
 * @param config the model's class and configuration, if known
 * @param weights the group that holds the weights
 */
record KerasFile(
        String file, KerasVersion version, @Nullable ObjectNode config, Hdf5Group weights) {

    /** Returns whether a dataset or group holds the state of the training, which inference does not need. */
    static boolean isOfTraining(String path) {
        return path.startsWith("/optimizer") // optimizer_weights in Keras 2
                || path.startsWith("/metrics/")
                || path.contains("seed_generator"); // the random numbers of dropout
    }
}
