package io.lstmstreams.topology;

import io.lstmstreams.input.InputEncoder;
import io.lstmstreams.output.Predictor;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.state.StateCodec;
import java.util.ArrayDeque;
import java.util.Deque;

/** A model in use by one task: its predictor, its codec, and a pool of decoded states. Not thread-safe. */
final class TaskModel {
    private static final int SPARE_STATES = 128;
    private static final long SPARE_BYTES = 16L << 20;

    private final ModelVersion version;
    private final Predictor predictor;
    private final StateCodec codec;
    private final long stateBytes;
    private final Deque<SequenceState> spare = new ArrayDeque<>();

    TaskModel(ModelVersion version, StepOptions options) {
        this.version = version;
        this.predictor = new Predictor(
                version.model(),
                version.packed(),
                options.batchSize(),
                options.topK(),
                options.include(),
                version.name());
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

    /** Returns the approximate size in bytes of a decoded state with its logits. */
    long stateBytes() {
        return stateBytes;
    }

    /** Returns a zero state from the pool. */
    SequenceState zeroState() {
        if (spare.isEmpty()) {
            return new SequenceState(version.model().network());
        }
        SequenceState state = spare.pop();
        state.reset();
        return state;
    }

    /** Returns a state to the pool. The caller must not use the state afterwards. */
    void release(SequenceState state) {
        if (spare.size() < SPARE_STATES && (spare.size() + 1) * stateBytes <= SPARE_BYTES) {
            spare.push(state);
        }
    }
}
