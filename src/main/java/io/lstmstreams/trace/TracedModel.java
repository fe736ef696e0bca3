package io.lstmstreams.trace;

import io.lstmstreams.input.Model;
import io.lstmstreams.output.Include;
import io.lstmstreams.output.Predictor;
import io.lstmstreams.recurrent.PackedNetwork;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.state.StateCodec;
import io.lstmstreams.state.UnreadableStateException;
import java.util.Set;

/**
 * The model that made a step, to make it again. Immutable and safe for any number of threads.
 *
 * @param model its events
 * @param packed its weights, packed for the kernel that made the step
 * @param id what stored states call it
 */
public record TracedModel(Model model, PackedNetwork packed, long id) {

    /** Makes steps anew, and tells more of them. */
    Predictor predictor(int topK, Set<Include> include) {
        return new Predictor(model, packed, topK, include);
    }

    /**
     * A stored state as numbers.
     *
     * @param stored as the stream kept it, of this model or of one that it went on from; null for a sequence that begins
     * @throws UnreadableStateException if it cannot be read
     */
    public SequenceState state(byte[] stored) {
        SequenceState state = new SequenceState(model.network());
        if (stored == null) {
            return state;
        }
        StateCodec codec = new StateCodec(model.network(), id);
        try {
            codec.decode(stored, state);
        } catch (UnreadableStateException e) {
            if (e.reason() != UnreadableStateException.Reason.OTHER_MODEL) {
                throw e;
            }
            codec.carry(stored, state);
        }
        return state;
    }

    /** About how many bytes a state weighs. */
    int stateBytes() {
        return StateCodec.bytesPerSequence(model.network());
    }
}
