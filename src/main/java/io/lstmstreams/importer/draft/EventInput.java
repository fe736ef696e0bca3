package io.lstmstreams.importer.draft;

/**
 * The rule by which all importers infer from sizes alone that a model reads events and predicts the next one. An importer asks it
 * only where the file states nothing else.
 */
public final class EventInput {
    private EventInput() {}

    /**
     * Returns whether the input is the index of an event.
     *
     * @param inputs the length of the input of one step
     * @param outputs the length of the first head's output
     */
    public static boolean isIndex(long inputs, long outputs) {
        return inputs == 1 && outputs > 1;
    }

    /**
     * Returns whether the input is a one-hot vector: the head has an output for each event, or one more, for the end of a sequence.
     *
     * @param inputs the length of the input of one step
     * @param outputs the length of the first head's output
     */
    public static boolean isOneHot(long inputs, long outputs) {
        return inputs > 1 && (outputs == inputs || outputs == inputs + 1);
    }
}
