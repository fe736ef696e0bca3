package io.lstmstreams.importer.keras;

import org.jspecify.annotations.Nullable;

/**
 * A value on an edge of the graph.
 *
 * @param position the draft's layer that computes the value; -1 for the model's input
 * @param width the length of the vector at a step; -1 if only the weights that read the value determine the length
 * @param steps the number of steps: 0 for a single vector, -1 for any number
 * @param masked true if steps may be masked
 * @param input the model's input, if it passes unchanged
 */
record GraphValue(
        int position,
        long width,
        int steps,
        boolean masked,
        @Nullable ModelInput input) {
    static final int ANY = -1;
    static final int NO_STEPS = 0;

    static GraphValue of(int position, long width, GraphValue like) {
        return new GraphValue(position, width, like.steps(), like.masked(), null);
    }

    GraphValue withSteps(int other) {
        return new GraphValue(position, width, other, masked && other != NO_STEPS, input);
    }

    GraphValue withoutMask() {
        return new GraphValue(position, width, steps, false, input);
    }

    GraphValue maskedBy() {
        return new GraphValue(position, width, steps, true, input);
    }

    /** Returns the number of dimensions of Keras' tensor, including the batch. */
    int rank() {
        return steps == NO_STEPS ? 2 : 3;
    }
}
