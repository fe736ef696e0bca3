package io.lstmstreams.recurrent;

import java.util.Map;

/**
 * The part of a {@link Stepper} that computes one layer: the layer's packed weights, which all threads share, and the
 * scratch arrays of a step, one for each sequence of a batch. Not thread-safe: each stepper has its own.
 */
abstract class LayerStepper {
    /** An embedding that is folded into the layers above: they compute it, so nothing is left to do. */
    static final LayerStepper FOLDED = new LayerStepper() {
        @Override
        void compute(Batch batch) {}
    };

    /** Advances (h, c) of each sequence, or fills the layer's slot. */
    abstract void compute(Batch batch);

    /**
     * Returns the gates of the last step, after their activation.
     *
     * @param sequence the sequence's index in the batch
     * @return copies of the gates by name; empty for a layer without gates
     */
    Map<String, float[]> gates(int sequence) {
        return Map.of();
    }

    /** Limits the absolute value of each element; 0 means no limit. NaN stays NaN. */
    static void clip(float[] values, int from, int count, float limit) {
        if (limit > 0f) {
            for (int k = from; k < from + count; k++) {
                values[k] = Math.max(-limit, Math.min(limit, values[k]));
            }
        }
    }
}
