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
public final class Tap implements AutoCloseable {
    private static final int ANOMALIES = 32;
    private static final long WAIT_MICROS = 1_000;

    /** Where everything is an anomaly, one of them is told of so often. */
    private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** How many of the sequences without an event for longest are asked for their place. */
    private static final int LOOKED_AT = 8;

    private final StepTrace trace;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Trail> trails = new LinkedHashMap<>(16, 0.75f, true); // guarded by lock, like the next
    private final Deque<Anomaly> anomalies = new ArrayDeque<>(); // the newest first
    private final Latencies latencies = new Latencies();
    private long nextAnomalyAt = Long.MIN_VALUE; // guarded by lock

    Tap(StepTrace trace) {
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
                Trail trail = watched ? trail(model, from, step, now) : null;
                if (watched) {
                    latencies.record(System.currentTimeMillis() - step.time());
                }
                if (trail != null) {
                    trail.add(from, input, step, now);
                }
                if (step.anomalous()) {
                    anomalous(trail, model, from, input, step, now);
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
        trace.lastSteps().note(id, after, new LastStep(from, input, step.time()));
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
                Trail trail = trails.get(verdict.sequence());
                if (trail != null) {
                    trail.end(verdict, now);
                }
                if (endAnomalous && mayReport(now)) {
                    byte[] before = state.get();
                    Trail own =
                            trail != null ? trail : new Trail(verdict.sequence(), model, verdict.steps() + 1, before);
                    if (trail == null) {
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
    private Trail trail(TracedModel model, byte[] before, Prediction step, long now) {
        String sequence = step.sequence();
        Trail trail = trails.get(sequence);
        if (trail != null && trail.goesOn(model, step.step())) {
            return trail;
        }
        if (trail == null && !hasPlace(model, sequence, now)) {
            return null;
        }
        Trail anew = new Trail(sequence, model, step.step(), before);
        trails.put(sequence, anew);
        return anew;
    }

    /** Whether there is a place, which may be that of a sequence that is over. */
    private boolean hasPlace(TracedModel model, String sequence, long now) {
        int places = trace.places(model);
        if (trails.size() < places) {
            return true;
        }
        boolean wanted = trace.isWanted(sequence);
        Iterator<Trail> longest = trails.values().iterator();
        for (int looked = 0; looked < LOOKED_AT && longest.hasNext() && trails.size() >= places; looked++) {
            if (longest.next().isOver(now) || wanted) {
                longest.remove();
            }
        }
        return trails.size() < places;
    }

    private void anomalous(
            Trail trail, TracedModel model, byte[] before, SparseInput input, Prediction step, long now) {
        for (Anomaly known : anomalies) {
            if (known.sequence().equals(step.sequence()) && known.step() < step.step() && known.event() != null) {
                known.oneMore();
                return;
            }
        }
        if (!mayReport(now)) {
            return;
        }
        Trail own = trail;
        if (own == null) {
            own = new Trail(step.sequence(), model, step.step(), before);
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

    void forgetTrails() {
        lock.lock();
        try {
            trails.clear();
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
    void glances(Set<String> named, int latest, Map<String, Glance> to) {
        lock.lock();
        try {
            List<Trail> found = new ArrayList<>();
            int skipped = trails.size() - latest;
            for (Map.Entry<String, Trail> each : trails.entrySet()) {
                if (skipped-- <= 0 || named.contains(each.getKey())) {
                    found.add(each.getValue());
                }
            }
            found.forEach(trail -> {
                Glance glance = trail.glance();
                to.put(glance.sequence(), glance);
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
    Way way(String sequence, long anomalousStep) {
        lock.lock();
        try {
            Trail trail = trails.get(sequence);
            for (Anomaly anomaly : anomalies) { // the newest first
                if (anomaly.sequence().equals(sequence)
                        && (anomaly.step() == anomalousStep || anomalousStep == 0 && trail == null)) {
                    return anomaly.trail().way();
                }
            }
            return trail == null ? null : trail.way();
        } finally {
            lock.unlock();
        }
    }
}
