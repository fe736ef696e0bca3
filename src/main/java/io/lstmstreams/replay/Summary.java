package io.lstmstreams.replay;

import org.jspecify.annotations.Nullable;

/** The counts of a replay. Not thread-safe. */
public final class Summary {
    private long lines;
    private long steps;
    private long sequences;
    private long anomalous;
    private long live;
    private long refused;
    private @Nullable String firstRefusal;

    void lines(long number) {
        lines = number;
    }

    void processed() {
        steps++;
    }

    void ended(boolean isAnomalous) {
        sequences++;
        anomalous += isAnomalous ? 1 : 0;
    }

    void live(long sequences) {
        live = sequences;
    }

    void refused(String reason) {
        if (refused++ == 0) {
            firstRefusal = "line " + lines + ": " + reason;
        }
    }

    /** Returns the number of lines read. */
    public long lines() {
        return lines;
    }

    /** Returns the number of events processed. */
    public long steps() {
        return steps;
    }

    /** Returns the number of sequences that ended. */
    public long sequences() {
        return sequences;
    }

    /** Returns the number of sequences whose verdict is anomalous. */
    public long anomalous() {
        return anomalous;
    }

    /** Returns the number of sequences that did not end. */
    public long live() {
        return live;
    }

    /** Returns the number of events and lines that could not be processed. */
    public long refused() {
        return refused;
    }

    /** Returns the line and the reason of the first event that could not be processed; null if there is none. */
    public @Nullable String firstRefusal() {
        return firstRefusal;
    }
}
