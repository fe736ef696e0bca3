package io.lstmstreams.runtime;

import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.Verdict;
import io.lstmstreams.recurrent.SparseInput;
import io.lstmstreams.topology.ModelVersion;
import io.lstmstreams.topology.StepListener;
import io.lstmstreams.trace.StepTrace;
import io.lstmstreams.trace.TaskTrace;
import io.lstmstreams.trace.TracedModel;
import java.util.function.Supplier;

/** Records the steps of one task in the trace. Called by the task's stream thread. */
public final class TraceListener implements StepListener {
    private final TaskTrace task;
    private ModelVersion version;
    private TracedModel traced;

    /** Creates a listener for one task. */
    public TraceListener(StepTrace trace) {
        this.task = trace.forTask();
    }

    private TracedModel traced(ModelVersion of) {
        if (of != version) {
            version = of;
            traced = new TracedModel(of.model(), of.packed(), of.id());
        }
        return traced;
    }

    @Override
    public void advanced(ModelVersion model, byte[] before, SparseInput input, Prediction prediction) {
        task.stepped(traced(model), before, input, prediction);
    }

    @Override
    public void stored(byte[] id, byte[] before, byte[] after, SparseInput input, Prediction prediction) {
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
