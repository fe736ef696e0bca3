package io.lstmstreams.topology;

import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.Verdict;
import io.lstmstreams.recurrent.SparseInput;
import java.util.function.Supplier;

/**
 * Hears of every step of one task, for instance to show it. Called by the task's stream thread, which waits: a listener must be
 * fast, and must not throw.
 */
public interface StepListener extends AutoCloseable {
    /** Ignores everything. */
    StepListener NONE = new StepListener() {
        @Override
        public void advanced(ModelVersion model, byte[] before, SparseInput input, Prediction prediction) {}

        @Override
        public void stored(byte[] id, byte[] before, byte[] after, SparseInput input, Prediction prediction) {}

        @Override
        public void ended(ModelVersion model, Verdict verdict, boolean endAnomalous, Supplier<byte[]> state) {}

        @Override
        public void close() {}
    };

    /**
     * A sequence has advanced by one step.
     *
     * @param before the stored bytes of the state before the step, or null; meaningless for the first step of a sequence
     */
    void advanced(ModelVersion model, byte[] before, SparseInput input, Prediction prediction);

    /**
     * The state after a step is about to be stored. Not called for the last step of a sequence.
     *
     * @param id the bytes of the sequence id
     * @param before the stored bytes of the state before the step, or null; meaningless for the first step of a sequence
     * @param after the stored bytes of the state after the step
     */
    void stored(byte[] id, byte[] before, byte[] after, SparseInput input, Prediction prediction);

    /**
     * A sequence has ended.
     *
     * @param endAnomalous whether the end itself is the first anomaly of the sequence
     * @param state encodes the state at the end as it would be stored
     */
    void ended(ModelVersion model, Verdict verdict, boolean endAnomalous, Supplier<byte[]> state);

    /** The task has moved or stopped. */
    @Override
    void close();
}
