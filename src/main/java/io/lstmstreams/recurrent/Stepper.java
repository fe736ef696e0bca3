package io.lstmstreams.recurrent;

import io.lstmstreams.kernel.Matrix;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Advances states by one step. Owns the scratch arrays of a step and so allocates nothing; not thread-safe: one stepper for
 * each thread.
 */
public final class Stepper {
    private final Network network;
    private final Model model;
    private final Cell[] cells; // null for a layer that was folded into another one
    private final int[] recurrent; // [layers], which recurrent layer it is, or -1
    private final float[][] vectors; // as in Cell: x, then each layer's output
    private final boolean readsWholeInput; // whether x is needed as a vector
    private final int masked; // the event that leaves recurrent layers as they are, or -1
    private final SparseInput padding;
    private final int[] features; // the place of what each head reads
    private final float[][] logits; // [head][outputs]

    Stepper(Network network) {
        this.network = network;
        this.model = network.model();
        List<Layer> layers = model.layers();
        this.cells = network.newCells();
        this.recurrent = new int[layers.size()];
        this.vectors = new float[layers.size() + 1][];
        int count = 0;
        for (int i = 0; i < layers.size(); i++) {
            recurrent[i] = layers.get(i) instanceof RecurrentLayer ? count++ : -1;
            vectors[i + 1] = new float[layers.get(i).outputSize()];
        }
        this.readsWholeInput = IntStream.range(0, cells.length)
                .anyMatch(i -> cells[i] instanceof PlainCell
                        && model.wiring().layers().get(i).contains(Wiring.INPUT));
        this.vectors[0] = new float[readsWholeInput ? model.inputSize() : 0];
        boolean embeds = layers.get(0) instanceof EmbeddingLayer;
        this.masked = embeds && ((EmbeddingLayer) layers.get(0)).maskZero() ? 0 : -1;
        this.padding = embeds && model.encoding() == InputEncoding.ONE_HOT
                ? SparseInput.oneHot(0) // an embedding is padded with event 0
                : zeros(model);
        this.features =
                model.wiring().heads().stream().mapToInt(from -> from + 1).toArray();
        this.logits =
                model.heads().stream().map(head -> new float[head.outputs()]).toArray(float[][]::new);
    }

    private static SparseInput zeros(Model model) {
        boolean dense = model.encoding() == InputEncoding.DENSE || model.encoding() == InputEncoding.INDEX;
        return dense ? SparseInput.dense(new float[model.inputSize()]) : SparseInput.zeros();
    }

    /**
     * One step: x and (h, c) in, the next (h, c) out, and one more step counted. A model that works on windows runs the
     * window that ends with x from zero.
     *
     * @param input as the model's encoding says: one-hot with an index below the model's input size, dense of that size, ...
     * @param state advanced in place; must fit the model
     */
    public void step(SparseInput input, SequenceState state) {
        EventWindow window = state.window();
        if (window == null) {
            advance(input, state);
        } else {
            window.add(input);
            state.forgetRecurrentState();
            for (int k = window.size(); model.execution().padded() && k < window.capacity(); k++) {
                advance(padding, state);
            }
            for (int k = 0; k < window.size(); k++) {
                advance(window.get(k), state);
            }
        }
        if (state.hasOwnFeatures()) {
            System.arraycopy(vectors[features[0]], 0, state.features(), 0, state.features().length);
        }
        state.steps(state.steps() + 1);
    }

    private void advance(SparseInput input, SequenceState state) {
        if (readsWholeInput) {
            input.writeTo(vectors[0]);
        }
        boolean skips = masked >= 0 && input.lines()[0] == masked;
        for (int i = 0; i < cells.length; i++) {
            if (recurrent[i] < 0) {
                if (cells[i] != null) {
                    cells[i].step(input, vectors, null, null);
                }
            } else {
                float[] h = state.h(recurrent[i]);
                if (!skips) {
                    cells[i].step(input, vectors, h, state.c(recurrent[i]));
                }
                vectors[i + 1] = h;
            }
        }
    }

    /**
     * What the first head says of a state, whatever was stepped since.
     *
     * @return its logits, {@code [outputs]}: this stepper's own array, overwritten by the next call
     */
    public float[] logits(SequenceState state) {
        return logits(0, state.features());
    }

    /**
     * What a head says of the state that was just stepped.
     *
     * @param head the head's position in the model
     * @return its logits, {@code [outputs]}: this stepper's own array, overwritten by the next call for this head
     */
    public float[] logits(int head) {
        return logits(head, vectors[features[head]]);
    }

    private float[] logits(int head, float[] read) {
        Matrix matrix = network.head(head);
        if (matrix == null) {
            System.arraycopy(read, 0, logits[head], 0, read.length);
        } else {
            matrix.multiply(read, model.heads().get(head).bias(), 0, logits[head]);
        }
        return logits[head];
    }

    /** What a head's activation makes of its logits: a new array, {@code [outputs]}. */
    public float[] output(int head) {
        float[] output = new float[logits[head].length];
        model.heads().get(head).activation().apply(network.kernel(), logits(head), 0, output, 0, output.length);
        return output;
    }

    /**
     * The gates of the last {@link #step}, after their activation.
     *
     * @param layer counted among the recurrent layers
     * @return by name, in the order in which people list them; copies; empty for a layer without gates
     */
    public Map<String, float[]> gates(int layer) {
        for (int i = 0; i < cells.length; i++) {
            if (recurrent[i] == layer) {
                return cells[i].gates();
            }
        }
        throw new IndexOutOfBoundsException(layer);
    }
}
