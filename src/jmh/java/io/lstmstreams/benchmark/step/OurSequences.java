package io.lstmstreams.benchmark.step;

import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.PackedNetwork;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.recurrent.SparseInput;
import io.lstmstreams.recurrent.Stepper;

/** One or more sequences that our stepper advances, as the stream does. */
final class OurSequences implements Sequences {
    private final Stepper stepper;
    private final SequenceState[] states;
    private final SparseInput[][] inputs; // [PERIOD][count]
    private int step;

    /**
     * Creates the sequences.
     *
     * @param first the number of the first sequence, which decides its events
     * @param count the number of sequences that advance together
     */
    OurSequences(PackedNetwork packed, int first, int count) {
        Network network = packed.network();
        stepper = packed.stepper(count);
        states = new SequenceState[count];
        inputs = new SparseInput[PERIOD][count];
        for (int s = 0; s < count; s++) {
            states[s] = new SequenceState(network);
            for (int k = 0; k < PERIOD; k++) {
                inputs[k][s] = SparseInput.oneHot(Sequences.symbol(first + s, k, network.inputSize()));
            }
        }
    }

    @Override
    public void step() {
        stepper.step(states.length, inputs[step], states);
        step = (step + 1) % PERIOD;
    }

    @Override
    public float[] h(int sequence) {
        return states[sequence].h(states[sequence].layers() - 1);
    }
}
