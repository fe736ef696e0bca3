package io.lstmstreams.recurrent;

import java.util.Map;

/**
 * One layer at work: packed weights, which all threads share, and the scratch arrays of a step. Not thread-safe; a stepper has
 * cells of its own.
 *
 * <p>The vectors of a step are kept in one array: place 0 is x (filled only where a layer reads it as a whole), place
 * {@code i + 1} the output of layer i.
 */
abstract class Cell {

    /**
     * Advances (h, c), or fills the layer's place.
     *
     * @param input x
     * @param vectors what the layers below gave in this step, and this layer's own place
     * @param h the layer's hidden state, which is its output; null for a layer that remembers nothing
     * @param c the layer's cell state; empty or null where there is none
     */
    abstract void step(SparseInput input, float[][] vectors, float[] h, float[] c);

    /** The gates of the last step after their activation, by name: copies. */
    Map<String, float[]> gates() {
        return Map.of();
    }
}
