package io.lstmstreams.trace;

import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.Verdict;
import io.lstmstreams.recurrent.SparseInput;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The latest steps of one sequence, without a gap: at most twice {@link Segment#STEPS}, and at least {@link
 * Segment#STEPS} if the sequence has as many. Not thread-safe.
 */
final class RecordedSteps {
    /** The number of probabilities in a summary. */
    private static final int SUMMARY = 24;

    private static final long AFTER_END = TimeUnit.SECONDS.toNanos(1);
    private static final long WITHOUT_EVENT = TimeUnit.SECONDS.toNanos(5);

    private final String sequence;
    private final TracedModel model;
    private @Nullable Segment older; // null until the first segment is full
    private Segment newer;
    private @Nullable String event; // of the last step; null for a dense vector
    private boolean anomalous;
    private @Nullable Verdict verdict; // null while the sequence is live
    private long changedAt;

    RecordedSteps(String sequence, TracedModel model, long first, byte @Nullable [] before) {
        this.sequence = sequence;
        this.model = model;
        this.newer = new Segment(first, before);
    }

    /** Returns whether a step with this number and model is the next one. */
    boolean continuesWith(TracedModel by, long step) {
        return by == model && verdict == null && step == newer.first + newer.size;
    }

    /** Adds the next step. */
    void add(byte @Nullable [] before, SparseInput input, Prediction step, long now) {
        if (newer.isFull()) {
            older = newer;
            newer = new Segment(step.step(), before);
        }
        Prediction.Score score = step.score();
        newer.add(input, step.time(), score == null ? Float.NaN : (float) score.probability());
        event = step.event();
        anomalous |= step.anomalous();
        changedAt = now;
    }

    void end(Verdict with, long now) {
        verdict = with;
        anomalous |= with.anomalous();
        changedAt = now;
    }

    /** Returns whether the sequence may lose its slot to another. */
    boolean isOver(long now) {
        return now - changedAt > (verdict == null ? WITHOUT_EVENT : AFTER_END);
    }

    SequenceSummary summary() {
        int inNewer = Math.min(SUMMARY, newer.size);
        int inOlder = older == null ? 0 : Math.min(SUMMARY - inNewer, older.size);
        float[] last = new float[inOlder + inNewer];
        if (older != null) {
            System.arraycopy(older.probabilities, older.size - inOlder, last, 0, inOlder);
        }
        System.arraycopy(newer.probabilities, newer.size - inNewer, last, inOlder, inNewer);
        return new SequenceSummary(
                sequence, newer.first + newer.size - 1, event, last, anomalous, verdict != null, changedAt);
    }

    SequenceHistory history() {
        List<Segment> segments = older == null ? List.of(newer) : List.of(older, newer);
        int steps = segments.stream().mapToInt(segment -> segment.size).sum();
        SparseInput[] inputs = new SparseInput[steps];
        long[] times = new long[steps];
        int copied = 0;
        for (Segment segment : segments) {
            System.arraycopy(segment.inputs, 0, inputs, copied, segment.size);
            System.arraycopy(segment.times, 0, times, copied, segment.size);
            copied += segment.size;
        }
        Segment begin = segments.get(0);
        return new SequenceHistory(sequence, model, begin.first, begin.before, inputs, times, verdict);
    }
}
