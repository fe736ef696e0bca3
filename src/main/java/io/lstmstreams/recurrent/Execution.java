package io.lstmstreams.recurrent;

/**
 * How the steps of a sequence follow each other.
 *
 * @param window 0 if the state goes on from event to event; otherwise each event runs the last {@code window} events, itself
 *     among them, from zero
 * @param padded whether a window that the sequence does not fill yet begins with zero vectors
 */
public record Execution(int window, boolean padded) {
    /** The state goes on. */
    public static final Execution CARRY = new Execution(0, false);

    private static final int LONGEST = 100_000;

    /** Checks the length. */
    public Execution {
        if (window < 0 || window > LONGEST) {
            throw new IllegalArgumentException("a window has 1 to " + LONGEST + " events, not " + window);
        }
        if (window == 0 && padded) {
            throw new IllegalArgumentException("only windows are padded");
        }
    }

    /** Whether the state goes on from event to event. */
    public boolean carries() {
        return window == 0;
    }
}
