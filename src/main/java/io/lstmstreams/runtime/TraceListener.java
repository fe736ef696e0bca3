package io.lstmstreams.runtime;

import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.Verdict;
import io.lstmstreams.recurrent.SparseInput;
import io.lstmstreams.topology.ModelVersion;
import io.lstmstreams.topology.StepListener;
import io.lstmstreams.trace.StepTrace;
import io.lstmstreams.trace.Tap;
import io.lstmstreams.trace.TracedModel;
import java.util.function.Supplier;

/** Records the steps of one task in the trace. Called by the task's stream thread. */
public final class TraceListener implements StepListener {
    private final Tap tap;
    private ModelVersion version;
    private TracedModel traced;

    /** Creates a listener for one task. */
    public TraceListener(StepTrace trace) {
        this.tap = trace.tap();
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
        tap.stepped(traced(model), before, input, prediction);
    }

    @Override
    public void stored(byte[] id, byte[] before, byte[] after, SparseInput input, Prediction prediction) {
        tap.stored(id, before, after, input, prediction);
    }

    @Override
    public void ended(ModelVersion model, Verdict verdict, boolean endAnomalous, Supplier<byte[]> state) {
        tap.ended(traced(model), verdict, endAnomalous, state);
    }

    @Override
    public void close() {
        tap.close();
    }
}
