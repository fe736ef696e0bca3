package io.lstmstreams.recurrent;

import org.jspecify.annotations.Nullable;

/**
 * The way in which a network advances a sequence from event to event.
 *
 * @param window 0 if the state is carried from event to event; otherwise the number of events, the current one
 *     included, that are run from a zero state for each event
 * @param padded whether zero vectors precede the events of a window that is not full yet
 * @param maskValue the mask value: an event whose numbers all equal it leaves every recurrent layer unchanged, and the
 *     other layers read zeros (Keras' {@code Masking}); null if every event is a step
 */
public record Execution(
        int window, boolean padded, @Nullable Float maskValue) {
    /** The state is carried from event to event. */
    public static final Execution CARRY = new Execution(0, false, null);

    private static final int LONGEST = 100_000;

    /** Checks the window's length. */
    public Execution {
        if (window < 0 || window > LONGEST) {
            throw new IllegalArgumentException("a window must have 1 to " + LONGEST + " events, but has " + window);
        }
        if (window == 0 && padded) {
            throw new IllegalArgumentException("padding requires a window");
        }
        if (maskValue != null && !Float.isFinite(maskValue)) {
            throw new IllegalArgumentException("a mask value must be finite, but is " + maskValue);
        }
    }

    /** Creates an execution without a mask value. */
    public Execution(int window, boolean padded) {
        this(window, padded, null);
    }

    /** Returns whether the state is carried from event to event. */
    public boolean carries() {
        return window == 0;
    }

    /** Returns whether every number of an event equals the mask value. */
    boolean masks(SparseInput input, int size) {
        return maskValue != null && input.isEverywhere(maskValue, size);
    }
}
