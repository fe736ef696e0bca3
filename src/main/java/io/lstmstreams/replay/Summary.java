package io.lstmstreams.replay;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The counts of a replay. Not thread-safe. */
public final class Summary {
    private static final int MOST_REASONS = 5;

    private final Map<String, Refusal> reasons = new LinkedHashMap<>(); // the first ones, by reason
    private long lines;
    private long steps;
    private long sequences;
    private long anomalous;
    private long live;
    private long refused;

    /**
     * A reason why events or lines could not be processed.
     *
     * @param line the first line with this reason, from 1
     * @param reason the reason, which names an unknown event
     * @param count the number of events or lines with this reason
     */
    public record Refusal(long line, String reason, long count) {
        @Override
        public String toString() {
            return "line " + line + ": " + reason + (count == 1 ? "" : " (%,d times)".formatted(count));
        }
    }

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
        refused++;
        if (reasons.containsKey(reason) || reasons.size() < MOST_REASONS) {
            reasons.merge(
                    reason,
                    new Refusal(lines, reason, 1),
                    (first, again) -> new Refusal(first.line(), reason, first.count() + 1));
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

    /** Returns the first different reasons why events and lines could not be processed, in the order of the file. */
    public List<Refusal> refusals() {
        return new ArrayList<>(reasons.values());
    }
}
