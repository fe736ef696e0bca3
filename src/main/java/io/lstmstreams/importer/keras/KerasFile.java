package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.keras.format.Hdf5Group;

/**
 * What a file of Keras holds.
 *
 * @param file what errors call it
 * @param generation 1, 2 or 3: which Keras wrote it
 * @param config the model's class and configuration; null if it is not known
 * @param weights the group that holds the weights
 */
record KerasFile(String file, int generation, ObjectNode config, Hdf5Group weights) {

    /** Whether a dataset or group of a file says nothing about the trained model: it holds the state of its training. */
    static boolean isOfTraining(String path) {
        return path.startsWith("/optimizer") // optimizer_weights in Keras 2
                || path.startsWith("/metrics/")
                || path.contains("seed_generator"); // what dropout draws from
    }
}
