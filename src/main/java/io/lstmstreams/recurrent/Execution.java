package io.lstmstreams.recurrent;

/**
 * The way in which a network advances a sequence from event to event.
 *
 * @param window 0 if the state is carried from event to event; otherwise the number of events, the current one
 *     included, that are run from a zero state for each event
 * @param padded whether zero vectors precede the events of a window that is not full yet
 */
public record Execution(int window, boolean padded) {
    /** The state is carried from event to event. */
    public static final Execution CARRY = new Execution(0, false);

    private static final int LONGEST = 100_000;

    /** Checks the window's length. */
    public Execution {
        if (window < 0 || window > LONGEST) {
            throw new IllegalArgumentException("a window must have 1 to " + LONGEST + " events, but has " + window);
        }
        if (window == 0 && padded) {
            throw new IllegalArgumentException("padding requires a window");
        }
    }

    /** Returns whether the state is carried from event to event. */
    public boolean carries() {
        return window == 0;
    }
}
