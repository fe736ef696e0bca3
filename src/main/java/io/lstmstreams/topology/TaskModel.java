package io.lstmstreams.topology;

import io.lstmstreams.input.InputEncoder;
import io.lstmstreams.output.Predictor;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.state.StateCodec;
import java.util.ArrayDeque;
import java.util.Deque;

/** A model as one task steps it, with what is not thread-safe and states that are in use by no sequence. Belongs to a task. */
final class TaskModel {
    private static final int SPARE_STATES = 128;
    private static final long SPARE_BYTES = 16L << 20;

    private final ModelVersion version;
    private final Predictor predictor;
    private final StateCodec codec;
    private final long stateBytes;
    private final Deque<SequenceState> spare = new ArrayDeque<>();

    /** @param capacity the largest number of sequences that advance together */
    TaskModel(ModelVersion version, int capacity, StepOptions options) {
        this.version = version;
        this.predictor = new Predictor(
                version.model(), version.packed(), capacity, options.topK(), options.include(), version.name());
        this.codec = new StateCodec(version.model().network(), version.id());
        this.stateBytes = StateCodec.bytesPerSequence(version.model().network())
                + (long) version.model().network().firstHeadOutputs() * Float.BYTES;
    }

    ModelVersion version() {
        return version;
    }

    InputEncoder encoder() {
        return version.encoder();
    }

    Predictor predictor() {
        return predictor;
    }

    StateCodec codec() {
        return codec;
    }

    /** What one state weighs as numbers, with its logits. */
    long stateBytes() {
        return stateBytes;
    }

    /** A state of zeros. */
    SequenceState blank() {
        if (spare.isEmpty()) {
            return new SequenceState(version.model().network());
        }
        SequenceState state = spare.pop();
        state.reset();
        return state;
    }

    /** Takes back a state that no sequence needs. */
    void release(SequenceState state) {
        if (spare.size() < SPARE_STATES && (spare.size() + 1) * stateBytes <= SPARE_BYTES) {
            spare.push(state);
        }
    }
}
