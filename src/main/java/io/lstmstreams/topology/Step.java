package io.lstmstreams.topology;

import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.SequenceName;
import io.lstmstreams.output.SequenceStep;
import io.lstmstreams.output.Verdict;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.recurrent.SparseInput;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * One record on its way through the processor: read, advanced, stored, forwarded. Each stage adds its part. Belongs
 * to a task.
 */
final class Step {
    /** The input of a record without an event, or with an event that is skipped. */
    static final SparseInput NO_INPUT = SparseInput.sparse(SparseInput.NO_EVENT, new int[0], new float[0]);

    /** The sequence id. */
    final Bytes key;

    /** The record's timestamp, in milliseconds since the epoch. */
    final long timestamp;

    /** The encoded event, or {@link #NO_INPUT}. */
    final SparseInput input;

    /** True if the record ends its sequence. */
    final boolean isEnd;

    /** True if the event is not in the model's vocabulary: it is skipped, or replaced by the unknown symbol. */
    final boolean isUnknown;

    /** The state that the record meets. */
    final LoadedState loaded;

    /** The result; null before the sequence has advanced, and for a record without input. */
    @Nullable
    Prediction prediction;

    /** The verdict; null unless the sequence ends with this record. */
    @Nullable
    Verdict verdict;

    /** True if an event of the sequence was anomalous; the end of the sequence does not count. */
    boolean wasAnomalous;

    /** The bytes to store; null if the stored bytes stay, or are deleted because the sequence ends. */
    byte @Nullable [] storedAfter;

    Step(Bytes key, long timestamp, SparseInput input, boolean isEnd, boolean isUnknown, LoadedState loaded) {
        this.key = key;
        this.timestamp = timestamp;
        this.input = input;
        this.isEnd = isEnd;
        this.isUnknown = isUnknown;
        this.loaded = loaded;
    }

    /** Returns the same record without its event. */
    Step withoutInput() {
        return new Step(key, timestamp, NO_INPUT, isEnd, isUnknown, loaded);
    }

    TaskModel model() {
        return loaded.model();
    }

    /** Returns the state of the sequence: before the step, and once the sequence has advanced, after the step. */
    SequenceState state() {
        return loaded.state();
    }

    /** Returns the stored bytes of the state before the step; null if there were none. */
    byte @Nullable [] storedBefore() {
        return loaded.stored();
    }

    /** Returns whether the sequence has a state after this record. */
    boolean isLive() {
        return state().steps() > 0 && verdict == null;
    }

    /** Returns whether the record has an event that advances its sequence. */
    boolean hasInput() {
        return input != NO_INPUT;
    }

    /** Returns the predictor's view of the step. */
    SequenceStep toSequenceStep() {
        return new SequenceStep(SequenceName.of(key.get()), timestamp, input, state());
    }
}
