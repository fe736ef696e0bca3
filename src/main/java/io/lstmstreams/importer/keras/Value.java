package io.lstmstreams.importer.keras;

/**
 * What flows along an edge of the graph.
 *
 * @param position of the draft's layer that gives it, -1 for the model's input
 * @param width how many numbers it has at a step; -1 if only the weights that read it tell
 * @param steps how many steps it has: 0 for no sequence, -1 for any number
 * @param masked whether steps may be masked
 * @param input the model's input that it is, unchanged; null for all others
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

    /** How many dimensions Keras' tensor has, that of the batch included. */
    int rank() {
        return steps == NO_STEPS ? 2 : 3;
    }
}
