package io.lstmstreams.trace;

import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.Verdict;
import io.lstmstreams.recurrent.SparseInput;
import java.util.concurrent.TimeUnit;

/**
 * The latest steps of one sequence, without a gap: at most twice {@link Segment#STEPS}, and at least {@link
 * Segment#STEPS} of a sequence that is longer. Not thread-safe.
 */
final class RecordedSteps {
    /** The number of probabilities in a summary. */
    private static final int SUMMARY = 24;

    private static final long AFTER_END = TimeUnit.SECONDS.toNanos(1);
    private static final long WITHOUT_EVENT = TimeUnit.SECONDS.toNanos(5);

    private final String sequence;
    private final TracedModel model;
    private Segment older; // null until the first segment is full
    private Segment newer;
    private String event;
    private boolean anomalous;
    private Verdict verdict; // null while the sequence is live
    private long changedAt;

    RecordedSteps(String sequence, TracedModel model, long first, byte[] before) {
        this.sequence = sequence;
        this.model = model;
        this.newer = new Segment(first, before);
    }

    /** Returns whether a step of this number, computed with this model, is the next one. */
    boolean goesOn(TracedModel by, long step) {
        return by == model && verdict == null && step == newer.first + newer.size;
    }

    /** Adds the next step. */
    void add(byte[] before, SparseInput input, Prediction step, long now) {
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

    /** Returns whether another sequence may take its slot. */
    boolean isOver(long now) {
        return now - changedAt > (verdict == null ? WITHOUT_EVENT : AFTER_END);
    }

    SequenceSummary summary() {
        int inNewer = Math.min(SUMMARY, newer.size);
        int inOlder = older == null ? 0 : Math.min(SUMMARY - inNewer, older.size);
        float[] last = new float[inOlder + inNewer];
        if (inOlder > 0) {
            System.arraycopy(older.probabilities, older.size - inOlder, last, 0, inOlder);
        }
        System.arraycopy(newer.probabilities, newer.size - inNewer, last, inOlder, inNewer);
        return new SequenceSummary(
                sequence, newer.first + newer.size - 1, event, last, anomalous, verdict != null, changedAt);
    }

    SequenceHistory history() {
        Segment begin = older == null ? newer : older;
        int first = begin.size;
        int steps = older == null ? first : first + newer.size;
        SparseInput[] inputs = new SparseInput[steps];
        long[] times = new long[steps];
        System.arraycopy(begin.inputs, 0, inputs, 0, first);
        System.arraycopy(begin.times, 0, times, 0, first);
        if (older != null) {
            System.arraycopy(newer.inputs, 0, inputs, first, newer.size);
            System.arraycopy(newer.times, 0, times, first, newer.size);
        }
        return new SequenceHistory(sequence, model, begin.first, begin.before, inputs, times, verdict);
    }
}
