package io.lstmstreams.trace;

import io.lstmstreams.input.Model;
import io.lstmstreams.output.Include;
import io.lstmstreams.output.Predictor;
import io.lstmstreams.recurrent.PackedNetwork;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.state.StateCodec;
import io.lstmstreams.state.UnreadableStateException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The model of a step, from which the step can be computed again. Immutable and safe for any number of threads.
 *
 * @param model the vocabulary, the input fields and the network
 * @param packed the network, packed for the kernel of the step
 * @param id the model's id in stored states
 */
public record TracedModel(Model model, PackedNetwork packed, long id) {

    /** Creates a predictor that computes steps again, with further details. */
    Predictor predictor(int topK, Set<Include> include) {
        return new Predictor(model, packed, topK, include);
    }

    /**
     * Decodes a stored state.
     *
     * @param stored a state of this model, or of a model whose states this model carries over; null for the start of a
     *     sequence
     * @throws UnreadableStateException if the state cannot be read
     */
    public SequenceState state(byte @Nullable [] stored) {
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

    /** Returns the approximate size of a stored state in bytes. */
    int stateBytes() {
        return StateCodec.bytesPerSequence(model.network());
    }
}
