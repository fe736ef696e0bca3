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

/**
 * What an application did last, kept in memory and within bounds: the latest steps of up to {@value #SEQUENCES} sequences while
 * somebody looks, and the latest anomalies and the last step of some thousand sequences in any case. Safe for any number of threads.
 */
public final class StepTrace {
    private static final int SEQUENCES = 1024;
    private static final long BYTES = 32L << 20;
    private static final int BYTES_OF_STEPS = 3_000; // of one sequence, at most
    private static final int WANTED = 64;

    /** How long after the last look it still goes on, so that a page that is loaded anew finds what was there. */
    private static final long UNUSED_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final List<TaskTrace> tasks = new CopyOnWriteArrayList<>();
    private final Set<String> wanted = ConcurrentHashMap.newKeySet();
    private final LastSteps lastSteps = new LastSteps();
    private final LongSupplier clock;
    private volatile boolean watched;
    private volatile long watchedAt;

    /** An empty one. */
    public StepTrace() {
        this(System::nanoTime);
    }

    /** @param clock in nanoseconds */
    StepTrace(LongSupplier clock) {
        this.clock = clock;
    }

    /** A tap for one task. */
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

    /** How many sequences one task may follow. */
    int slots(TracedModel model) {
        long each = BYTES_OF_STEPS + 2L * model.stateBytes();
        return (int) Math.max(1, Math.min(SEQUENCES, BYTES / each) / Math.max(1, tasks.size()));
    }

    /** Somebody looks. */
    public void watch() {
        watchedAt = clock.getAsLong();
        watched = true;
    }

    /** Stops following sequences if nobody has looked for a minute; to be called every now and then. */
    public void unwatchIfUnused() {
        if (watched && clock.getAsLong() - watchedAt > UNUSED_NANOS) {
            watched = false;
            wanted.clear();
            tasks.forEach(TaskTrace::dropSteps);
        }
    }

    /** The latest anomalies, one a sequence, the newest first. */
    public List<Anomaly> anomalies(int most) {
        List<Anomaly> all = new ArrayList<>();
        tasks.forEach(task -> all.addAll(task.anomalies()));
        all.sort(Comparator.comparingLong(Anomaly::at).reversed());
        return List.copyOf(all.subList(0, Math.min(most, all.size())));
    }

    /**
     * Where sequences are.
     *
     * @param named those that are asked for by name, as far as they are followed
     * @param latest how many others, of those that had an event last
     * @return by name
     */
    public Map<String, SequenceSummary> summaries(Set<String> named, int latest) {
        Map<String, SequenceSummary> glances = new LinkedHashMap<>();
        int each = latest / Math.max(1, tasks.size()) + 1;
        tasks.forEach(task -> task.summaries(named, each, glances));
        return glances;
    }

    /** The times from events to their steps since this was last asked. */
    public Latencies latencies() {
        Latencies all = new Latencies();
        tasks.forEach(task -> task.drainLatencies(all));
        return all;
    }

    /**
     * The latest steps of a sequence. One that is not followed is from its next event on.
     *
     * @param sequence its id as text
     * @return null if it is not followed yet
     */
    public SequenceHistory history(String sequence) {
        return history(sequence, 0);
    }

    /**
     * The steps of a sequence around one of its anomalies, also where it has begun anew since.
     *
     * @param anomalousStep as {@link Anomaly#step} says; 0 for the latest steps
     * @return null if it is not followed yet
     */
    public SequenceHistory history(String sequence, long anomalousStep) {
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
     * The step that led to a stored state.
     *
     * @param id the sequence's
     * @param stored the state after the step
     * @return null if it was made elsewhere or too long ago
     */
    public LastStep lastStep(byte[] id, byte[] stored) {
        return lastSteps.find(id, stored);
    }
}
