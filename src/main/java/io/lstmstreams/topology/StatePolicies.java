package io.lstmstreams.topology;

import io.lstmstreams.config.SequenceConfig;
import io.lstmstreams.config.UnreadableStates;
import io.lstmstreams.event.BadEventException;
import io.lstmstreams.metrics.StreamMetrics.Reason;
import io.lstmstreams.state.UnreadableStateException;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.errors.StreamsException;

/** The policies for states that are damaged or not finite, {@code lstm.state.*}. Belongs to a task. */
final class StatePolicies {
    private final SequenceStates states;
    private final StepOptions options;
    private final StepCounts counts;

    StatePolicies(SequenceStates states, StepOptions options, StepCounts counts) {
        this.states = states;
        this.options = options;
        this.counts = counts;
    }

    /**
     * Deletes a damaged state, unless the policy is to stop the application.
     *
     * @return the exception to throw
     */
    RuntimeException damaged(Bytes key, UnreadableStateException damage) {
        return damaged(key, String.valueOf(damage.getMessage()));
    }

    private RuntimeException damaged(Bytes key, String reason) {
        counts.unreadable();
        if (options.unreadableStates() == UnreadableStates.FAIL) {
            return new StreamsException(reason + ", and " + SequenceConfig.STATE_UNREADABLE_CONFIG + "=fail");
        }
        counts.refusedWithState();
        return new DamagedStateException(reason, key.get(), states.delete(key));
    }

    /**
     * Checks that the state after a step is finite. The step's own result can be finite all the same.
     *
     * @throws BadEventException if the record becomes a dead letter; the stored state stays if it is finite, and is
     *     deleted otherwise
     * @throws StreamsException if such a state must stop the application
     */
    void checkFinite(Step step) {
        if (step.prediction == null || step.state().isFinite()) {
            return;
        }
        counts.notFinite();
        BadEventException refusal = BadEventException.makesStateNotFinite();
        switch (options.notFiniteStates()) {
            case KEEP -> {}
            case FAIL ->
                throw new StreamsException(
                        refusal.getMessage() + ", and " + SequenceConfig.STATE_NOT_FINITE_CONFIG + "=fail");
            case DEAD_LETTER -> {
                byte[] stored = step.storedBefore();
                if (stored != null && !StateLoader.isFinite(stored, step.model())) {
                    throw damaged(step.key, "the stored state of the sequence is NaN or infinite");
                }
                counts.refused(refusal, Reason.NOT_FINITE);
                throw refusal;
            }
        }
    }
}
