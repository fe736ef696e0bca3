package io.lstmstreams.recurrent;

import java.util.Map;

/**
 * The computation of one layer: packed weights, which all threads share, and the scratch arrays of a step, one for each
 * sequence of a batch. Not thread-safe: each stepper has its own cells.
 */
abstract class Cell {

    /** Advances (h, c) of each sequence, or fills the layer's slot. */
    abstract void step(Batch batch);

    /**
     * Returns the gates of the last step, after their activation.
     *
     * @param sequence the sequence's index in the batch
     * @return copies of the gates by name; empty for a layer without gates
     */
    Map<String, float[]> gates(int sequence) {
        return Map.of();
    }
}
