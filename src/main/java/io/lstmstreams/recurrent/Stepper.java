package io.lstmstreams.recurrent;

import io.lstmstreams.recurrent.Network.PackedLayer;

/**
 * Advances states by one step. Owns the scratch arrays of a step and so allocates nothing; not thread-safe: one stepper for
 * each thread.
 */
public final class Stepper {
    private final Network network;
    private final float[] z; // pre-activations of the layer at hand, [4 * units of the widest]
    private final float[][] gates; // [layer][4 * units], order i, f, g, o
    private final float[][] logits; // [head][outputs]

    Stepper(Network network) {
        this.network = network;
        Model model = network.model();
        this.z = new float
                [LstmLayer.GATES
                        * model.layers().stream()
                                .mapToInt(LstmLayer::units)
                                .max()
                                .orElseThrow()];
        this.gates = new float[model.layers().size()][];
        for (int i = 0; i < gates.length; i++) {
            gates[i] = new float[LstmLayer.GATES * model.layers().get(i).units()];
        }
        this.logits = new float[model.heads().size()][];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = new float[model.heads().get(i).outputs()];
        }
    }

    /**
     * One step: x and (h, c) in, the next (h, c) out, and one more step counted.
     *
     * @param input one-hot with an index below the model's input size, or dense of that size, as the model's encoding says
     * @param state advanced in place; must fit the model
     */
    public void step(SparseInput input, SequenceState state) {
        for (int i = 0; i < gates.length; i++) {
            PackedLayer layer = network.layer(i);
            float[] h = state.h(i);
            if (layer.table() != null) {
                layer.recurrent().multiply(h, layer.table(), input.index() * gates[i].length, z);
            } else {
                float[] x = i == 0 ? input.values() : state.h(i - 1);
                layer.input().multiply(x, layer.bias(), 0, z);
                layer.recurrent().multiply(h, z, 0, z);
            }
            network.kernel().lstm(z, gates[i], state.c(i), h);
        }
        state.steps(state.steps() + 1);
    }

    /**
     * What a head says of a state.
     *
     * @param head the head's position in the model
     * @return its logits, {@code [outputs]}: this stepper's own array, overwritten by the next call for this head
     */
    public float[] logits(int head, SequenceState state) {
        float[] top = state.h(state.layers() - 1);
        network.head(head).multiply(top, network.model().heads().get(head).bias(), 0, logits[head]);
        return logits[head];
    }

    /**
     * The gates of the last {@link #step}, after their activation.
     *
     * @return {@code [4 * units]}, order i, f, g, o: this stepper's own array, overwritten by the next step
     */
    public float[] gates(int layer) {
        return gates[layer];
    }
}
