package io.lstmstreams.topology;

import io.lstmstreams.config.OutputFormat;
import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.SequenceOutput;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * The topics that the steps of a processor are sent to. Everything that a record causes is checked against their
 * limits before anything changes. Safe for any number of threads.
 *
 * @param results the topic of predictions
 * @param verdicts the topic of verdicts
 * @param states the changelog of the states
 * @param models the changelog of the tasks' active models
 * @param serializer writes predictions and verdicts
 */
record StepTargets(Target results, Target verdicts, Target states, Target models, OutputSerializer serializer) {
    private static final Headers NO_HEADERS = new RecordHeaders();

    /** Returns the targets of a processor in somebody else's topology: every record fits. */
    static StepTargets unknown(Models models) {
        return new StepTargets(
                Target.NONE, Target.NONE, Target.NONE, Target.NONE, new OutputSerializer(models, OutputFormat.JSON));
    }

    /**
     * Checks the timestamp of a record, which is the timestamp of everything that is sent for the record.
     *
     * @param timestamp in milliseconds since the epoch
     * @param now the wall-clock time, in milliseconds since the epoch
     * @throws UnsendableException if a topic refuses the timestamp
     */
    void checkTime(long timestamp, long now) {
        results.checkTime(timestamp, now);
        verdicts.checkTime(timestamp, now);
        states.checkTime(timestamp, now);
        models.checkTime(timestamp, now);
    }

    /**
     * Checks the sizes of everything that a step stores and sends.
     *
     * @param headers the record's headers, which its results and its verdict have too
     * @throws UnsendableException if one of them is too large
     */
    void check(Step step, Headers headers) {
        byte[] key = step.key.get();
        if (step.storedAfter != null) {
            states.checkSize("the state", RecordSize.ofBatch(key, step.storedAfter, NO_HEADERS));
        }
        if (step.prediction != null) {
            check(key, headers, step.prediction);
        }
        if (step.verdict != null) {
            check(key, headers, step.verdict);
        }
    }

    private void check(byte[] key, Headers headers, SequenceOutput output) {
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
     * @param id the bytes of the sequence id
     * @param time the verdict's timestamp, in milliseconds since the epoch
     * @param now the wall-clock time, in milliseconds since the epoch
     * @throws UnsendableException if the verdict is too large, or its topic refuses the timestamp
     */
    void checkEnd(byte[] id, SequenceOutput verdict, long time, long now) {
        try {
            verdicts.checkTime(time, now);
            check(id, NO_HEADERS, verdict);
        } catch (UnsendableException e) {
            throw e.of(id);
        }
    }
}
