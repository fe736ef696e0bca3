package io.lstmstreams.trace;

import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.Verdict;
import io.lstmstreams.recurrent.SparseInput;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The trace of one stream task. While no dashboard watches, a step costs one read of a flag; anomalies are recorded at
 * all times. A reader copies the data within microseconds. A step that finds the trace locked by a reader waits for at
 * most a millisecond and is then left out; the recording of its sequence restarts with the next step. Only the task's
 * thread calls the public methods.
 */
public final class TaskTrace implements AutoCloseable {
    private static final int ANOMALIES = 32;
    private static final long WAIT_MICROS = 1_000;

    /** The shortest time between two reported anomalies, for a stream in which every event is anomalous. */
    private static final long REPORT_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** The number of least recently active sequences that are checked for a free slot. */
    private static final int CHECKED = 8;

    private final StepTrace trace;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, RecordedSteps> recordedBySequence =
            new LinkedHashMap<>(16, 0.75f, true); // from the least to the most recently active; guarded by lock
    private final Deque<Anomaly> anomalies = new ArrayDeque<>(); // newest first; guarded by lock
    private final Latencies latencies = new Latencies(); // guarded by lock
    private long nextAnomalyAt = Long.MIN_VALUE; // guarded by lock

    TaskTrace(StepTrace trace) {
        this.trace = trace;
    }

    /**
     * Records a step.
     *
     * @param before the stored state before the step; not read for the first step of a sequence
     */
    public void advanced(TracedModel model, byte @Nullable [] before, SparseInput input, Prediction step) {
        boolean watched = trace.isWatched();
        if ((watched || step.anomalous()) && enter()) {
            try {
                long now = System.nanoTime();
                byte @Nullable [] from = step.step() == 1 ? null : before;
                @Nullable RecordedSteps recorded = watched ? recorded(model, from, step, now) : null;
                if (watched) {
                    latencies.record(System.currentTimeMillis() - step.time());
                }
                if (recorded != null) {
                    recorded.add(from, input, step, now);
                }
                if (step.anomalous()) {
                    anomalous(recorded, model, from, input, step, now);
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /**
     * Records a step whose new state was stored. Called for every step of a live sequence.
     *
     * @param id the sequence's id
     * @param before the stored state before the step; not read for the first step of a sequence
     * @param after the stored state after the step
     */
    public void stored(byte[] id, byte @Nullable [] before, byte[] after, SparseInput input, Prediction step) {
        byte @Nullable [] from = step.step() == 1 ? null : before;
        trace.lastSteps().put(id, after, new LastStep(from, input, step.time()));
    }

    /**
     * Records the end of a sequence.
     *
     * @param endAnomalous true if the end is an anomaly and no event before it was
     * @param state the state at the end in its stored form; called for an anomaly only
     */
    public void ended(TracedModel model, Verdict verdict, boolean endAnomalous, Supplier<byte[]> state) {
        if ((trace.isWatched() || endAnomalous) && enter()) {
            try {
                long now = System.nanoTime();
                RecordedSteps recorded = recordedBySequence.get(verdict.sequence());
                if (recorded != null) {
                    recorded.end(verdict, now);
                }
                if (endAnomalous && claimReport(now)) {
                    byte[] before = state.get();
                    RecordedSteps own = recorded != null
                            ? recorded
                            : new RecordedSteps(verdict.sequence(), model, verdict.steps() + 1, before);
                    if (recorded == null) {
                        own.end(verdict, now);
                    }
                    report(new Anomaly(
                            own,
                            model,
                            before,
                            verdict.sequence(),
                            verdict.steps() + 1,
                            null,
                            Math.exp(verdict.endLogProbability()),
                            0,
                            System.currentTimeMillis()));
                }
            } finally {
                lock.unlock();
            }
        }
    }

    private boolean enter() {
        try {
            return lock.tryLock(WAIT_MICROS, TimeUnit.MICROSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Returns the recorded steps to which a step belongs; null for a sequence that is not recorded. */
    private @Nullable RecordedSteps recorded(TracedModel model, byte @Nullable [] before, Prediction step, long now) {
        String sequence = step.sequence();
        RecordedSteps recorded = recordedBySequence.get(sequence);
        if (recorded != null && recorded.continuesWith(model, step.step())) {
            return recorded;
        }
        if (recorded == null && !hasSlot(model, sequence, now)) {
            return null;
        }
        RecordedSteps created = new RecordedSteps(sequence, model, step.step(), before);
        recordedBySequence.put(sequence, created);
        return created;
    }

    /** Returns whether there is a free slot, after removing inactive sequences if there is none. */
    private boolean hasSlot(TracedModel model, String sequence, long now) {
        int slots = trace.slots(model);
        if (recordedBySequence.size() < slots) {
            return true;
        }
        boolean wanted = trace.isWanted(sequence);
        Iterator<RecordedSteps> eldest = recordedBySequence.values().iterator();
        for (int checked = 0; checked < CHECKED && eldest.hasNext() && recordedBySequence.size() >= slots; checked++) {
            if (eldest.next().isOver(now) || wanted) {
                eldest.remove();
            }
        }
        return recordedBySequence.size() < slots;
    }

    private void anomalous(
            @Nullable RecordedSteps recorded,
            TracedModel model,
            byte @Nullable [] before,
            SparseInput input,
            Prediction step,
            long now) {
        for (Anomaly known : anomalies) {
            if (known.sequence().equals(step.sequence()) && known.step() < step.step() && known.event() != null) {
                known.addFurther();
                return;
            }
        }
        if (!claimReport(now)) {
            return;
        }
        Prediction.Score score = Objects.requireNonNull(step.score()); // an anomalous step has one
        RecordedSteps own = recorded;
        if (own == null) {
            own = new RecordedSteps(step.sequence(), model, step.step(), before);
            own.add(before, input, step, now);
        }
        report(new Anomaly(
                own,
                model,
                before,
                step.sequence(),
                step.step(),
                step.event(),
                score.probability(),
                score.rank(),
                System.currentTimeMillis()));
    }

    /** Returns whether an anomaly may be reported now, and if so postpones the next report. */
    private boolean claimReport(long now) {
        if (nextAnomalyAt != Long.MIN_VALUE && now - nextAnomalyAt < 0) {
            return false;
        }
        nextAnomalyAt = now + REPORT_INTERVAL_NANOS;
        return true;
    }

    private void report(Anomaly anomaly) {
        anomalies.addFirst(anomaly);
        if (anomalies.size() > ANOMALIES) {
            anomalies.removeLast();
        }
    }

    /** Removes the task from the trace. */
    @Override
    public void close() {
        trace.remove(this);
    }

    void dropSteps() {
        lock.lock();
        try {
            recordedBySequence.clear();
        } finally {
            lock.unlock();
        }
    }

    List<Anomaly> anomalies() {
        lock.lock();
        try {
            return List.copyOf(anomalies);
        } finally {
            lock.unlock();
        }
    }

    /** Adds summaries of the named sequences, and of those with the most recent events. */
    void summaries(Set<String> named, int latest, Map<String, SequenceSummary> to) {
        lock.lock();
        try {
            List<RecordedSteps> found = new ArrayList<>();
            int skipped = recordedBySequence.size() - latest;
            for (Map.Entry<String, RecordedSteps> each : recordedBySequence.entrySet()) {
                if (skipped-- <= 0 || named.contains(each.getKey())) {
                    found.add(each.getValue());
                }
            }
            found.forEach(recorded -> {
                SequenceSummary summary = recorded.summary();
                to.put(summary.sequence(), summary);
            });
        } finally {
            lock.unlock();
        }
    }

    void drainLatencies(Latencies to) {
        lock.lock();
        try {
            to.drain(latencies);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns the history of a sequence or of one of its anomalies, even if the sequence has restarted since.
     *
     * @param anomalousStep the anomaly's step; 0 for the latest history
     * @return the history; null for a sequence that is not recorded
     */
    @Nullable
    SequenceHistory history(String sequence, long anomalousStep) {
        lock.lock();
        try {
            RecordedSteps recorded = recordedBySequence.get(sequence);
            for (Anomaly anomaly : anomalies) { // newest first
                if (anomaly.sequence().equals(sequence)
                        && (anomaly.step() == anomalousStep || anomalousStep == 0 && recorded == null)) {
                    return anomaly.recorded().history();
                }
            }
            return recorded == null ? null : recorded.history();
        } finally {
            lock.unlock();
        }
    }
}
