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
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Where one task of the stream tells what it does. While nobody looks that costs one look at a flag a step; anomalies are kept in
 * any case. Somebody who looks copies what is here within some microseconds; a step that finds him there waits for a millisecond at
 * most and then is left out, and its sequence is followed anew from the next one. The task's thread calls the public methods.
 */
public final class TaskTrace implements AutoCloseable {
    private static final int ANOMALIES = 32;
    private static final long WAIT_MICROS = 1_000;

    /** Where everything is an anomaly, one of them is told of so often. */
    private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** How many of the sequences without an event for longest are asked for their place. */
    private static final int LOOKED_AT = 8;

    private final StepTrace trace;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, RecordedSteps> recordedBySequence = new LinkedHashMap<>(16, 0.75f, true); // guarded by lock, like the next
    private final Deque<Anomaly> anomalies = new ArrayDeque<>(); // the newest first
    private final Latencies latencies = new Latencies();
    private long nextAnomalyAt = Long.MIN_VALUE; // guarded by lock

    TaskTrace(StepTrace trace) {
        this.trace = trace;
    }

    /**
     * A step was made.
     *
     * @param before the state that it met, as it is stored; read only for a step after the first
     */
    public void stepped(TracedModel model, byte[] before, SparseInput input, Prediction step) {
        boolean watched = trace.isWatched();
        if ((watched || step.anomalous()) && enter()) {
            try {
                long now = System.nanoTime();
                byte[] from = step.step() == 1 ? null : before;
                RecordedSteps recorded = watched ? recorded(model, from, step, now) : null;
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
     * What a step led to was stored. Told of every step of a sequence that goes on.
     *
     * @param id the sequence's
     * @param before the state that the step met, as it was stored; read only for a step after the first
     * @param after the state after it
     */
    public void stored(byte[] id, byte[] before, byte[] after, SparseInput input, Prediction step) {
        byte[] from = step.step() == 1 ? null : before;
        trace.lastSteps().put(id, after, new LastStep(from, input, step.time()));
    }

    /**
     * A sequence has ended.
     *
     * @param endAnomalous whether the end itself was an anomaly, and no event before it
     * @param state gives the state at the end as it would be stored; asked for an anomaly only
     */
    public void ended(TracedModel model, Verdict verdict, boolean endAnomalous, Supplier<byte[]> state) {
        if ((trace.isWatched() || endAnomalous) && enter()) {
            try {
                long now = System.nanoTime();
                RecordedSteps recorded = recordedBySequence.get(verdict.sequence());
                if (recorded != null) {
                    recorded.end(verdict, now);
                }
                if (endAnomalous && mayReport(now)) {
                    byte[] before = state.get();
                    RecordedSteps own =
                            recorded != null ? recorded : new RecordedSteps(verdict.sequence(), model, verdict.steps() + 1, before);
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

    /** Where to add a step; null for a sequence that is not followed. */
    private RecordedSteps recorded(TracedModel model, byte[] before, Prediction step, long now) {
        String sequence = step.sequence();
        RecordedSteps recorded = recordedBySequence.get(sequence);
        if (recorded != null && recorded.goesOn(model, step.step())) {
            return recorded;
        }
        if (recorded == null && !hasSlot(model, sequence, now)) {
            return null;
        }
        RecordedSteps anew = new RecordedSteps(sequence, model, step.step(), before);
        recordedBySequence.put(sequence, anew);
        return anew;
    }

    /** Whether there is a place, which may be that of a sequence that is over. */
    private boolean hasSlot(TracedModel model, String sequence, long now) {
        int places = trace.slots(model);
        if (recordedBySequence.size() < places) {
            return true;
        }
        boolean wanted = trace.isWanted(sequence);
        Iterator<RecordedSteps> longest = recordedBySequence.values().iterator();
        for (int looked = 0; looked < LOOKED_AT && longest.hasNext() && recordedBySequence.size() >= places; looked++) {
            if (longest.next().isOver(now) || wanted) {
                longest.remove();
            }
        }
        return recordedBySequence.size() < places;
    }

    private void anomalous(
            RecordedSteps recorded, TracedModel model, byte[] before, SparseInput input, Prediction step, long now) {
        for (Anomaly known : anomalies) {
            if (known.sequence().equals(step.sequence()) && known.step() < step.step() && known.event() != null) {
                known.oneMore();
                return;
            }
        }
        if (!mayReport(now)) {
            return;
        }
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
                step.score().probability(),
                step.score().rank(),
                System.currentTimeMillis()));
    }

    private boolean mayReport(long now) {
        if (nextAnomalyAt != Long.MIN_VALUE && now - nextAnomalyAt < 0) {
            return false;
        }
        nextAnomalyAt = now + EVERY_NANOS;
        return true;
    }

    private void report(Anomaly anomaly) {
        anomalies.addFirst(anomaly);
        if (anomalies.size() > ANOMALIES) {
            anomalies.removeLast();
        }
    }

    /** The task goes elsewhere. */
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

    /** Some sequences by their names, and those that had an event last. */
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
     * The way of a sequence, or that to one of its anomalies: a sequence may have begun anew since.
     *
     * @param anomalousStep 0 for none
     * @return null for a sequence that is not followed
     */
    SequenceHistory history(String sequence, long anomalousStep) {
        lock.lock();
        try {
            RecordedSteps recorded = recordedBySequence.get(sequence);
            for (Anomaly anomaly : anomalies) { // the newest first
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
