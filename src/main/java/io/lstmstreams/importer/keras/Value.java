package io.lstmstreams.importer.keras;

/**
 * A value on an edge of the graph.
 *
 * @param position the draft's layer that computes the value; -1 for the model's input
 * @param width the length of the vector at a step; -1 if only the weights that read the value determine the length
 * @param steps the number of steps: 0 for a single vector, -1 for any number
 * @param masked true if steps may be masked
 * @param input the model's input that passes unchanged, or null
 */
record Value(int position, long width, int steps, boolean masked, ModelInput input) {
    static final int ANY = -1;
    static final int NO_STEPS = 0;

    static Value of(int position, long width, Value like) {
        return new Value(position, width, like.steps(), like.masked(), null);
    }

    Value withSteps(int other) {
        return new Value(position, width, other, masked && other != NO_STEPS, input);
    }

    Value maskedBy() {
        return new Value(position, width, steps, true, input);
    }

    /** Returns the number of dimensions of Keras' tensor, including the batch. */
    int rank() {
        return steps == NO_STEPS ? 2 : 3;
    }
}
