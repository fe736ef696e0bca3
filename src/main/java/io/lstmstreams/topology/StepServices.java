package io.lstmstreams.topology;

import io.lstmstreams.metrics.StreamMetrics;
import java.util.function.Supplier;
import org.apiguardian.api.API;

/**
 * The services that the processors of an application use: counters, listeners, reads of states, and background time.
 * Immutable: a method with a parameter returns a copy with another service.
 */
@API(status = API.Status.STABLE)
public final class StepServices {
    private final StreamMetrics metrics;
    private final Supplier<StepListener> listeners;
    private final StateReads reads;
    private final BackgroundTime backgroundTime;

    /** Creates services with counters of their own, without listeners and without reads. */
    public StepServices() {
        this(new StreamMetrics(), () -> StepListener.NONE, StateReads.NONE, new BackgroundTime());
    }

    private StepServices(
            StreamMetrics metrics, Supplier<StepListener> listeners, StateReads reads, BackgroundTime backgroundTime) {
        this.metrics = metrics;
        this.listeners = listeners;
        this.reads = reads;
        this.backgroundTime = backgroundTime;
    }

    /** Sets the counters. */
    public StepServices metrics(StreamMetrics metrics) {
        return new StepServices(metrics, listeners, reads, backgroundTime);
    }

    /** Sets the supplier of listeners, one for each task. */
    @API(status = API.Status.INTERNAL)
    public StepServices listeners(Supplier<StepListener> listeners) {
        return new StepServices(metrics, listeners, reads, backgroundTime);
    }

    /** Sets the reads of states by other threads, which the tasks answer. */
    @API(status = API.Status.INTERNAL)
    public StepServices reads(StateReads reads) {
        return new StepServices(metrics, listeners, reads, backgroundTime);
    }

    /** Sets the time that the stream threads have for background work; the processors of a topology share it. */
    StepServices backgroundTime(BackgroundTime backgroundTime) {
        return new StepServices(metrics, listeners, reads, backgroundTime);
    }

    /** Returns services with other counters and the same background time, without listeners and without reads. */
    StepServices forShadow(StreamMetrics shadowMetrics) {
        return new StepServices(shadowMetrics, () -> StepListener.NONE, StateReads.NONE, backgroundTime);
    }

    StreamMetrics metrics() {
        return metrics;
    }

    /** Returns a listener for one task. */
    StepListener newListener() {
        return listeners.get();
    }

    StateReads reads() {
        return reads;
    }

    BackgroundTime backgroundTime() {
        return backgroundTime;
    }
}
