package io.lstmstreams.replay;

/** The counts of a replay. Not thread-safe. */
public final class Summary {
    private long lines;
    private long steps;
    private long sequences;
    private long anomalous;
    private long live;
    private long refused;
    private String firstRefusal;

    void lines(long number) {
        lines = number;
    }

    void stepped() {
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

    /** Returns the line number and the reason of the first event or line that could not be processed, or null. */
    public String firstRefusal() {
        return firstRefusal;
    }
}
