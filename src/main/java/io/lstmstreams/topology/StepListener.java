package io.lstmstreams.topology;

import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.Verdict;
import io.lstmstreams.recurrent.SparseInput;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A listener to the steps of one task. The task's stream thread calls it and waits: a listener must be fast and must
 * not throw.
 */
public interface StepListener extends AutoCloseable {
    /** A listener that ignores everything. */
    StepListener NONE = new StepListener() {
        @Override
        public void advanced(ModelVersion model, byte @Nullable [] before, SparseInput input, Prediction prediction) {}

        @Override
        public void stored(
                byte[] id, byte @Nullable [] before, byte[] after, SparseInput input, Prediction prediction) {}

        @Override
        public void ended(ModelVersion model, Verdict verdict, boolean endAnomalous, Supplier<byte[]> state) {}

        @Override
        public void close() {}
    };

    /**
     * Called when a sequence has advanced by one step.
     *
     * @param before the stored bytes of the state before the step; has no meaning for the first step of a sequence
     */
    void advanced(ModelVersion model, byte @Nullable [] before, SparseInput input, Prediction prediction);

    /**
     * Called when the state after a step is about to be stored. Not called for the last step of a sequence.
     *
     * @param id the bytes of the sequence id
     * @param before the stored bytes of the state before the step; has no meaning for the first step of a sequence
     * @param after the stored bytes of the state after the step
     */
    void stored(byte[] id, byte @Nullable [] before, byte[] after, SparseInput input, Prediction prediction);

    /**
     * Called when a sequence has ended.
     *
     * @param endAnomalous true if the end is an anomaly and no event before it was
     * @param state encodes the state at the end as it would be stored
     */
    void ended(ModelVersion model, Verdict verdict, boolean endAnomalous, Supplier<byte[]> state);

    /** Called when the task has moved to another instance or has stopped. */
    @Override
    void close();
}
