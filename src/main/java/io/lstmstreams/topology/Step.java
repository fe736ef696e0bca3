package io.lstmstreams.topology;

import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.SequenceName;
import io.lstmstreams.output.SequenceStep;
import io.lstmstreams.output.Verdict;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.recurrent.SparseInput;
import org.apache.kafka.common.utils.Bytes;

/**
 * One record on its way through the processor: read, advanced, stored, forwarded. Each stage fills in its part. Belongs to a task.
 */
final class Step {
    final Bytes key;
    final long timestamp;

    /** The encoded event; null for a record that only ends its sequence, and for an event that is skipped. */
    final SparseInput input;

    /** Whether the record ends its sequence. */
    final boolean isEnd;

    /** Whether the model has no such event, so that it was skipped or replaced by the unknown symbol. */
    final boolean isUnknown;

    /** The stored bytes of the state before the step; null if there were none. */
    final byte[] storedBefore;

    final LoadedState loaded;

    /** The result of the step; null until the sequence is advanced, and for a record without input. */
    Prediction prediction;

    /** The verdict; null unless the sequence ends with this record. */
    Verdict verdict;

    /** Whether an event of the sequence was anomalous, before its end was scored. */
    boolean wasAnomalous;

    /** The bytes to store; null if the stored bytes stay, or are deleted at the end of the sequence. */
    byte[] storedAfter;

    Step(
            Bytes key,
            long timestamp,
            SparseInput input,
            boolean isEnd,
            boolean isUnknown,
            byte[] storedBefore,
            LoadedState loaded) {
        this.key = key;
        this.timestamp = timestamp;
        this.input = input;
        this.isEnd = isEnd;
        this.isUnknown = isUnknown;
        this.storedBefore = storedBefore;
        this.loaded = loaded;
    }

    /** Returns the same record without its event. */
    Step withoutInput() {
        return new Step(key, timestamp, null, isEnd, isUnknown, storedBefore, loaded);
    }

    TaskModel model() {
        return loaded.model();
    }

    /** Returns the state of the sequence: before the step, and once it is made, after it. */
    SequenceState state() {
        return loaded.state();
    }

    /** Returns whether the sequence has a state after this record. */
    boolean goesOn() {
        return state().steps() > 0 && verdict == null;
    }

    /** Returns the step as a predictor takes it. */
    SequenceStep toSequenceStep() {
        return new SequenceStep(SequenceName.of(key.get()), timestamp, input, state());
    }
}
