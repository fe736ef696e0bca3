package io.lstmstreams.runtime;

import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.SequenceName;
import io.lstmstreams.output.SequenceStep;
import io.lstmstreams.output.Verdict;
import io.lstmstreams.recurrent.SparseInput;
import io.lstmstreams.topology.ModelVersion;
import io.lstmstreams.topology.SequenceQueries;
import io.lstmstreams.topology.StepListener;
import io.lstmstreams.trace.LastStep;
import io.lstmstreams.trace.StepTrace;
import io.lstmstreams.trace.TaskTrace;
import io.lstmstreams.trace.TracedModel;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Records the steps of one task in the trace. Called by the task's stream thread. */
public final class TraceListener implements StepListener {
    private final TaskTrace task;
    private @Nullable ModelVersion latest;
    private @Nullable TracedModel latestTraced;

    /** Creates a listener for one task. */
    public TraceListener(StepTrace trace) {
        this.task = trace.forTask();
    }

    /** Returns the steps of a trace, for queries. */
    public static SequenceQueries.LastSteps lastSteps(StepTrace trace) {
        return (model, id, stored) -> {
            LastStep last = trace.lastStep(id, stored);
            return last == null
                    ? null
                    : new SequenceStep(
                            SequenceName.of(id),
                            last.time(),
                            last.input(),
                            newTraced(model).state(last.before()));
        };
    }

    private static TracedModel newTraced(ModelVersion version) {
        return new TracedModel(version.model(), version.packed(), version.id());
    }

    private TracedModel traced(ModelVersion version) {
        TracedModel traced = latestTraced;
        if (traced == null || version != latest) {
            traced = newTraced(version);
            latest = version;
            latestTraced = traced;
        }
        return traced;
    }

    @Override
    public void advanced(ModelVersion model, byte @Nullable [] before, SparseInput input, Prediction prediction) {
        task.advanced(traced(model), before, input, prediction);
    }

    @Override
    public void stored(byte[] id, byte @Nullable [] before, byte[] after, SparseInput input, Prediction prediction) {
        task.stored(id, before, after, input, prediction);
    }

    @Override
    public void ended(ModelVersion model, Verdict verdict, boolean endAnomalous, Supplier<byte[]> state) {
        task.ended(traced(model), verdict, endAnomalous, state);
    }

    @Override
    public void close() {
        task.close();
    }
}
