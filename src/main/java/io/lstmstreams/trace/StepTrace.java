package io.lstmstreams.trace;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The recent steps of an application, in bounded memory: the latest steps of up to {@value #SEQUENCES} sequences while
 * a dashboard watches, and at all times the latest anomalies and the last step of several thousand sequences. Safe for
 * any number of threads.
 */
public final class StepTrace {
    private static final int SEQUENCES = 1024;
    private static final long BYTES = 32L << 20;
    private static final int BYTES_OF_STEPS = 3_000; // of one sequence, at most
    private static final int WANTED = 64;

    /**
     * The time for which recording continues after the last reader, so that a reloaded page finds its sequences again.
     */
    private static final long UNUSED_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final List<TaskTrace> tasks = new CopyOnWriteArrayList<>();
    private final Set<String> wanted = ConcurrentHashMap.newKeySet();
    private final LastSteps lastSteps = new LastSteps();
    private final LongSupplier clock;
    private volatile boolean watched;
    private volatile long watchedAt;

    /** Creates an empty trace. */
    public StepTrace() {
        this(System::nanoTime);
    }

    /** @param clock a clock in nanoseconds */
    StepTrace(LongSupplier clock) {
        this.clock = clock;
    }

    /** Creates the trace of one task. */
    public TaskTrace forTask() {
        TaskTrace task = new TaskTrace(this);
        tasks.add(task);
        return task;
    }

    void remove(TaskTrace task) {
        tasks.remove(task);
    }

    LastSteps lastSteps() {
        return lastSteps;
    }

    boolean isWatched() {
        return watched;
    }

    boolean isWanted(String sequence) {
        return !wanted.isEmpty() && wanted.remove(sequence);
    }

    /** Returns the number of sequences that one task may record. */
    int slots(TracedModel model) {
        long each = BYTES_OF_STEPS + 2L * model.stateBytes();
        return (int) Math.max(1, Math.min(SEQUENCES, BYTES / each) / Math.max(1, tasks.size()));
    }

    /** Starts or continues to record sequences. */
    public void watch() {
        watchedAt = clock.getAsLong();
        watched = true;
    }

    /** Stops recording sequences if the last call of {@link #watch} is a minute ago. Must be called regularly. */
    public void unwatchIfUnused() {
        if (watched && clock.getAsLong() - watchedAt > UNUSED_NANOS) {
            watched = false;
            wanted.clear();
            tasks.forEach(TaskTrace::dropSteps);
        }
    }

    /** Returns the latest anomalies, one per sequence, newest first. */
    public List<Anomaly> anomalies(int most) {
        List<Anomaly> all = new ArrayList<>();
        tasks.forEach(task -> all.addAll(task.anomalies()));
        all.sort(Comparator.comparingLong(Anomaly::at).reversed());
        return List.copyOf(all.subList(0, Math.min(most, all.size())));
    }

    /**
     * Returns summaries of recorded sequences.
     *
     * @param named ids of sequences to include if they are recorded
     * @param latest the number of further sequences, those with the most recent events
     * @return the summaries by sequence id
     */
    public Map<String, SequenceSummary> summaries(Set<String> named, int latest) {
        Map<String, SequenceSummary> summaries = new LinkedHashMap<>();
        int each = latest / Math.max(1, tasks.size()) + 1;
        tasks.forEach(task -> task.summaries(named, each, summaries));
        return summaries;
    }

    /** Returns the latencies from event time to step since the last call. */
    public Latencies latencies() {
        Latencies all = new Latencies();
        tasks.forEach(task -> task.drainLatencies(all));
        return all;
    }

    /**
     * Returns the latest steps of a sequence. A sequence that is not recorded yet is recorded from its next event on.
     *
     * @param sequence the sequence's id as text
     * @return the history; null if the sequence is not recorded yet
     */
    public @Nullable SequenceHistory history(String sequence) {
        return history(sequence, 0);
    }

    /**
     * Returns the steps of a sequence around one of its anomalies, even if the sequence has restarted since.
     *
     * @param anomalousStep the number that {@link Anomaly#step} returns; 0 for the latest steps
     * @return the history; null if the sequence is not recorded yet
     */
    public @Nullable SequenceHistory history(String sequence, long anomalousStep) {
        watch();
        for (TaskTrace task : tasks) {
            SequenceHistory history = task.history(sequence, anomalousStep);
            if (history != null) {
                return history;
            }
        }
        if (wanted.size() < WANTED) {
            wanted.add(sequence);
        }
        return null;
    }

    /**
     * Returns the step that led to a stored state.
     *
     * @param id the sequence's id
     * @param stored the state after the step
     * @return the step; null if another instance computed it or the trace no longer has it
     */
    public @Nullable LastStep lastStep(byte[] id, byte[] stored) {
        return lastSteps.find(id, stored);
    }
}
