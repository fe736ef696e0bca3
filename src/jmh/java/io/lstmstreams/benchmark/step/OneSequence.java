package io.lstmstreams.benchmark.step;

import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.recurrent.Model;
import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.recurrent.SparseInput;
import io.lstmstreams.recurrent.Stepper;

/** One sequence through our own stepper, as the stream steps it. */
final class OneSequence implements Sequences {
    private final Stepper stepper;
    private final SequenceState state;
    private final SparseInput[] inputs = new SparseInput[PERIOD];
    private int step;

    /**
     * @param sequence which one: it decides the events
     */
    OneSequence(Model model, Kernel kernel, int sequence) {
        stepper = Network.of(model, kernel).stepper();
        state = new SequenceState(model);
        for (int k = 0; k < PERIOD; k++) {
            inputs[k] = SparseInput.oneHot(Sequences.symbol(sequence, k, model.inputSize()));
        }
    }

    @Override
    public void step() {
        stepper.step(inputs[step], state);
        step = (step + 1) % PERIOD;
    }

    @Override
    public float[] h(int sequence) {
        return state.h(state.layers() - 1);
    }
}
