package io.lstmstreams.replay;

/** What a replay has done so far. Not thread-safe. */
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

    /** Lines read. */
    public long lines() {
        return lines;
    }

    /** Events stepped. */
    public long steps() {
        return steps;
    }

    /** Sequences that ended. */
    public long sequences() {
        return sequences;
    }

    /** Sequences whose verdict is anomalous. */
    public long anomalous() {
        return anomalous;
    }

    /** Sequences that the file does not end. */
    public long live() {
        return live;
    }

    /** Events or lines that could not be stepped. */
    public long refused() {
        return refused;
    }

    /** Where and why the first of them was refused; null if none was. */
    public String firstRefusal() {
        return firstRefusal;
    }
}
