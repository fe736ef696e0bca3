package io.lstmstreams.recurrent;

import io.lstmstreams.kernel.Matrix;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Advances states by one step, one sequence at a time or several together, with the same results to the last bit. Owns the
 * scratch arrays of a step and so allocates nothing; not thread-safe: one stepper for each thread.
 */
public final class Stepper {
    private static final int FIRST_HEAD = 0;

    private final PackedNetwork packed;
    private final Network network;
    private final Cell[] cells; // null for a layer that was folded into another one
    private final int[] recurrent; // [layers], which recurrent layer it is, or -1
    private final boolean readsWholeInput; // whether x is needed as a vector
    private final boolean masks; // whether event 0 leaves recurrent layers as they are
    private final SparseInput padding; // what stands for an event before the first one; null where nothing does
    private final int[] features; // the place of what each head reads
    private final float[][][] vectors; // [sequence], as in Batch
    private final float[][] firstLogits; // [sequence][outputs], of the first head: arrays of the states
    private final float[][] openLogits; // those of them that have to be computed
    private final float[][][] headLogits; // [head][1][outputs], of one sequence
    private final Batch batch;

    // By sequence, as they were given:
    private final SparseInput[] events; // of the step at hand; null for a sequence that does not take part
    private final int[] place; // where it stood in the last batch; -1 where its recurrent layers were left as they are
    private final SequenceState[] members; // in the order of the batch
    private final float[][] read; // what the head at hand reads

    // For one sequence at a time:
    private final SparseInput[] oneInput = new SparseInput[1];
    private final SequenceState[] oneState = new SequenceState[1];

    Stepper(PackedNetwork packed, int capacity) {
        this.packed = packed;
        this.network = packed.network();
        List<Layer> layers = network.layers();
        this.cells = packed.newCells(capacity);
        this.recurrent = new int[layers.size()];
        int count = 0;
        for (int i = 0; i < recurrent.length; i++) {
            recurrent[i] = layers.get(i) instanceof RecurrentLayer ? count++ : -1;
        }
        this.readsWholeInput = IntStream.range(0, cells.length)
                .anyMatch(i -> cells[i] instanceof PlainCell
                        && network.wiring().layers().get(i).contains(Wiring.INPUT));
        this.vectors = IntStream.range(0, capacity).mapToObj(i -> newVectors()).toArray(float[][][]::new);
        this.masks = layers.get(0) instanceof EmbeddingLayer embedding && embedding.maskZero();
        this.padding = network.execution().padded() ? padding(network) : null;
        this.features =
                network.wiring().heads().stream().mapToInt(from -> from + 1).toArray();
        this.headLogits = network.heads().stream()
                .map(head -> new float[1][head.outputs()])
                .toArray(float[][][]::new);
        this.firstLogits = new float[capacity][];
        this.openLogits = new float[capacity][];
        this.batch = new Batch(capacity);
        this.events = new SparseInput[capacity];
        this.place = new int[capacity];
        this.members = new SequenceState[capacity];
        this.read = new float[capacity][];
    }

    private float[][] newVectors() {
        float[][] places = new float[recurrent.length + 1][];
        places[0] = new float[readsWholeInput ? network.inputSize() : 0];
        for (int i = 0; i < recurrent.length; i++) {
            places[i + 1] = new float[network.layers().get(i).outputSize()];
        }
        return places;
    }

    private static SparseInput padding(Network network) {
        return switch (network.encoding()) {
            case DENSE, INDEX -> SparseInput.dense(new float[network.inputSize()]);
            case ONE_HOT ->
                network.layers().get(0) instanceof EmbeddingLayer
                        ? SparseInput.oneHot(0) // an embedding is padded with event 0
                        : SparseInput.zeros();
            case FIELDS -> SparseInput.zeros();
        };
    }

    /** How many sequences it steps together at most. */
    public int capacity() {
        return events.length;
    }

    /**
     * One step: x and (h, c) in, the next (h, c) out, and one more step counted. A model that works on windows runs the
     * window that ends with x from zero.
     *
     * @param input as the model's encoding says: one-hot with an index below the model's input size, dense of that size, ...
     * @param state advanced in place; must fit the model
     */
    public void step(SparseInput input, SequenceState state) {
        oneInput[0] = input;
        oneState[0] = state;
        step(1, oneInput, oneState);
    }

    /**
     * One step of several sequences.
     *
     * @param count how many, up to {@link #capacity()}: the first entries of both arrays
     * @param inputs for each sequence, as in the other method
     * @param states advanced in place; all of them differ
     */
    public void step(int count, SparseInput[] inputs, SequenceState[] states) {
        if (network.execution().carries()) {
            System.arraycopy(inputs, 0, events, 0, count);
            advance(count, states);
        } else {
            for (int i = 0; i < count; i++) {
                states[i].window().add(inputs[i]);
                states[i].forgetRecurrentState();
            }
            int length = network.execution().window();
            for (int k = 0; k < length; k++) {
                for (int i = 0; i < count; i++) {
                    events[i] = event(states[i].window(), k);
                }
                advance(count, states);
            }
        }
        for (int i = 0; i < count; i++) {
            if (states[i].hasOwnFeatures()) {
                float[] from = vectors[i][features[FIRST_HEAD]];
                System.arraycopy(from, 0, states[i].features(), 0, from.length);
            }
            states[i].steps(states[i].steps() + 1);
        }
    }

    /** What stands at a place of a window; those that no event has taken yet come first. */
    private SparseInput event(EventWindow window, int k) {
        int at = k - (window.capacity() - window.size());
        return at < 0 ? padding : window.get(at);
    }

    private void advance(int count, SequenceState[] states) {
        advance(count, states, false);
        if (masks) {
            advance(count, states, true);
        }
    }

    /** Those whose event is masked, or those whose event is not, go through every layer. */
    private void advance(int count, SequenceState[] states, boolean masked) {
        batch.count = 0;
        for (int i = 0; i < count; i++) {
            SparseInput input = events[i];
            if (input != null && masked == (masks && input.lines()[0] == 0)) {
                if (readsWholeInput) {
                    input.writeTo(vectors[i][0]);
                }
                place[i] = masked ? -1 : batch.count;
                members[batch.count] = states[i];
                batch.inputs[batch.count] = input;
                batch.vectors[batch.count++] = vectors[i];
            }
        }
        for (int i = 0; i < cells.length && batch.count > 0; i++) {
            if (recurrent[i] >= 0) {
                stepRecurrent(i, masked);
            } else if (cells[i] != null) {
                cells[i].step(batch);
            }
        }
    }

    private void stepRecurrent(int layer, boolean masked) {
        for (int k = 0; k < batch.count; k++) {
            batch.h[k] = members[k].h(recurrent[layer]);
            batch.c[k] = members[k].c(recurrent[layer]);
            batch.vectors[k][layer + 1] = batch.h[k];
        }
        if (!masked) {
            cells[layer].step(batch);
        }
    }

    /**
     * What the first head says of a state, whatever was stepped since.
     *
     * @return its logits, {@code [outputs]}: the state's own array, overwritten when it is asked again after it has changed
     */
    public float[] logits(SequenceState state) {
        oneState[0] = state;
        return logits(1, oneState)[0];
    }

    /**
     * What the first head says of several states, whatever was stepped since. A state remembers it until it changes.
     *
     * @param count how many, up to {@link #capacity()}
     * @return the logits of each, {@code [count][outputs]} and maybe more: the states' own arrays, in an array of this
     *     stepper; overwritten when they are asked again after they have changed
     */
    public float[][] logits(int count, SequenceState[] states) {
        int open = 0;
        for (int i = 0; i < count; i++) {
            firstLogits[i] = states[i].logits();
            if (!states[i].askLogits()) {
                read[open] = states[i].features();
                openLogits[open++] = firstLogits[i];
            }
        }
        if (open > 0) {
            multiply(FIRST_HEAD, open, openLogits);
        }
        return firstLogits;
    }

    /**
     * What a head says of a state that was just stepped.
     *
     * @param sequence its place among those that were stepped together
     * @param head the head's position in the model
     * @return its logits, {@code [outputs]}: this stepper's own array, overwritten by the next call for this head
     */
    public float[] logits(int sequence, int head) {
        read[0] = vectors[sequence][features[head]];
        multiply(head, 1, headLogits[head]);
        return headLogits[head][0];
    }

    private void multiply(int head, int count, float[][] logits) {
        Matrix matrix = packed.head(head);
        if (matrix == null) {
            for (int i = 0; i < count; i++) {
                System.arraycopy(read[i], 0, logits[i], 0, read[i].length);
            }
        } else {
            batch.count = count;
            batch.multiply(matrix, read, network.heads().get(head).bias(), logits);
        }
    }

    /** What a head's activation makes of {@link #logits(int, int)}: a new array, {@code [outputs]}. */
    public float[] output(int sequence, int head) {
        float[] z = logits(sequence, head);
        float[] output = new float[z.length];
        network.heads().get(head).activation().apply(packed.kernel(), z, 0, output, 0, output.length);
        return output;
    }

    /**
     * The gates of the last step, after their activation.
     *
     * @param sequence its place among those that were stepped together
     * @param layer counted among the recurrent layers
     * @return by name, in the order in which people list them; copies; empty for a layer without gates, and where the event
     *     was masked
     */
    public Map<String, float[]> gates(int sequence, int layer) {
        for (int i = 0; i < cells.length; i++) {
            if (recurrent[i] == layer) {
                return place[sequence] < 0 ? Map.of() : cells[i].gates(place[sequence]);
            }
        }
        throw new IndexOutOfBoundsException(layer);
    }
}
