package io.lstmstreams.topology;

import io.lstmstreams.config.OutputFormat;
import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.SequenceOutput;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * The topics that a processor's steps are sent to, and the check that everything that is sent for a record fits. Safe for any
 * number of threads.
 *
 * @param results takes predictions
 * @param verdicts takes verdicts
 * @param states the changelog of the states
 * @param models the changelog of the models that tasks have changed to
 * @param serializer writes predictions and verdicts
 */
record StepTargets(Target results, Target verdicts, Target states, Target models, OutputSerializer serializer) {
    private static final Headers NO_HEADERS = new RecordHeaders();

    /** Returns the targets of a processor whose topology is not known here: every record fits. */
    static StepTargets unknown(Models models) {
        return new StepTargets(
                Target.NONE, Target.NONE, Target.NONE, Target.NONE, new OutputSerializer(models, OutputFormat.JSON));
    }

    /**
     * Checks the timestamp that all records have which are sent for one.
     *
     * @param now the wall-clock time
     * @throws UnsendableException if a topic refuses it
     */
    void checkTime(long timestamp, long now) {
        results.checkTime(timestamp, now);
        verdicts.checkTime(timestamp, now);
        states.checkTime(timestamp, now);
        models.checkTime(timestamp, now);
    }

    /**
     * Checks a result or a verdict.
     *
     * @throws UnsendableException if it is too large
     */
    void check(byte[] key, Headers headers, SequenceOutput output) {
        boolean result = output instanceof Prediction;
        Target target = result ? results : verdicts;
        if (target != Target.NONE) {
            byte[] value = serializer.prepare(output);
            target.checkSize(result ? "the result" : "the verdict", RecordSize.ofBatch(key, value, headers));
        }
    }

    /**
     * Checks the verdict of a sequence that ends without a record.
     *
     * @param time the verdict's timestamp
     * @param now the wall-clock time
     * @throws UnsendableException if it cannot be sent
     */
    void checkEnd(byte[] id, Headers headers, SequenceOutput verdict, long time, long now) {
        try {
            verdicts.checkTime(time, now);
            check(id, headers, verdict);
        } catch (UnsendableException e) {
            throw e.of(id);
        }
    }

    /**
     * Checks a state that is about to be stored.
     *
     * @throws UnsendableException if it is too large for the changelog
     */
    void checkState(byte[] key, byte[] state) {
        states.checkSize("the state", RecordSize.ofBatch(key, state, NO_HEADERS));
    }
}
