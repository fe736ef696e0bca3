package io.lstmstreams.recurrent;

import java.util.Map;

/**
 * One layer at work: packed weights, which all threads share, and the scratch arrays of a step, one of each for every sequence
 * of a batch. Not thread-safe; a stepper has cells of its own.
 */
abstract class Cell {

    /** Advances (h, c) of each sequence, or fills the layer's place. */
    abstract void step(Batch batch);

    /**
     * The gates of the last step after their activation, by name: copies.
     *
     * @param sequence its place in the batch
     */
    Map<String, float[]> gates(int sequence) {
        return Map.of();
    }
}
