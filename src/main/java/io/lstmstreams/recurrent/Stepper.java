package io.lstmstreams.recurrent;

import io.lstmstreams.kernel.Matrix;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Advances states by one step, one sequence at a time or several together, with the same results to the last bit. A
 * stepper owns the scratch arrays of a step, so a step allocates nothing. Not thread-safe: each thread needs its own
 * stepper.
 */
public final class Stepper {
    private static final int FIRST_HEAD = 0;

    private final PackedNetwork packed;
    private final Network network;
    private final LayerStepper[] layerSteppers; // [layers]
    private final int[] recurrentIndexes; // [layers], the index among the recurrent layers, or -1
    private final boolean readsDense; // whether an input may be dense
    private final boolean readsWholeInput; // whether a layer reads x as a vector
    private final boolean masksEvent0; // whether event 0 leaves the recurrent layers unchanged
    private final SparseInput maskedInput; // what the layers read in place of an event of the mask value
    private final @Nullable SparseInput padding; // precedes the first event of a window; null without padding
    private final int[] headSlots; // [heads], the slot that each head reads
    private final float[][][] vectors; // [sequence][slot], as in Batch
    private final float[][] firstLogits; // [sequence][outputs], of the first head: arrays of the states
    private final float[][] missingLogits; // the arrays of firstLogits that are to be computed
    private final float[][][] headLogits; // [head][1][outputs], of one sequence
    private final Batch batch;

    // In the order of the caller's sequences:
    private final @Nullable SparseInput[] events; // of the current step; null for a sequence that does not take part
    private final int[] batchIndexes; // the index in the last batch; -1 if the recurrent layers were left unchanged

    private final SequenceState[] batchStates; // in the order of the batch
    private final float[][] headInputs; // the input of the current head

    // For one sequence at a time:
    private final SparseInput[] oneInput = new SparseInput[1];
    private final SequenceState[] oneState = new SequenceState[1];

    Stepper(PackedNetwork packed, int capacity) {
        this.packed = packed;
        this.network = packed.network();
        List<Layer> layers = network.layers();
        this.layerSteppers = packed.newLayerSteppers(capacity);
        this.recurrentIndexes = new int[layers.size()];
        int count = 0;
        for (int i = 0; i < recurrentIndexes.length; i++) {
            recurrentIndexes[i] = layers.get(i) instanceof RecurrentLayer ? count++ : -1;
        }
        this.readsDense = network.encoding() == InputEncoding.DENSE || network.encoding() == InputEncoding.INDEX;
        this.readsWholeInput = IntStream.range(0, layerSteppers.length)
                .anyMatch(i -> layerSteppers[i] instanceof MatrixFreeStepper
                        && network.wiring().layers().get(i).contains(Wiring.INPUT));
        this.vectors = IntStream.range(0, capacity).mapToObj(i -> newVectors()).toArray(float[][][]::new);
        this.masksEvent0 = layers.get(0) instanceof EmbeddingLayer embedding && embedding.maskZero();
        this.maskedInput = readsDense ? SparseInput.dense(new float[network.inputSize()]) : SparseInput.zeros();
        this.padding = network.execution().padded() ? padding(network) : null;
        this.headSlots =
                network.wiring().heads().stream().mapToInt(from -> from + 1).toArray();
        this.headLogits = network.heads().stream()
                .map(head -> new float[1][head.outputs()])
                .toArray(float[][][]::new);
        this.firstLogits = new float[capacity][];
        this.missingLogits = new float[capacity][];
        this.batch = new Batch(capacity);
        this.events = new SparseInput[capacity];
        this.batchIndexes = new int[capacity];
        this.batchStates = new SequenceState[capacity];
        this.headInputs = new float[capacity][];
    }

    private float[][] newVectors() {
        float[][] slots = new float[recurrentIndexes.length + 1][];
        slots[0] = new float[readsWholeInput ? network.inputSize() : 0];
        for (int i = 0; i < recurrentIndexes.length; i++) {
            slots[i + 1] = new float[network.layers().get(i).outputSize()];
        }
        return slots;
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

    /** Returns the maximum number of sequences that are advanced together. */
    public int capacity() {
        return events.length;
    }

    /**
     * Advances a sequence by one step: computes the next (h, c) from x and (h, c), and counts the step. If the network
     * runs windows, runs the window that ends with x from a zero state.
     *
     * @param input the input in the network's encoding and size
     * @param state the state, which must fit the network; advanced in place
     */
    public void step(SparseInput input, SequenceState state) {
        oneInput[0] = input;
        oneState[0] = state;
        step(1, oneInput, oneState);
    }

    /**
     * Advances several sequences by one step.
     *
     * @param count the number of sequences, at most {@link #capacity()}: the first entries of both arrays
     * @param inputs the input of each sequence, in the network's encoding and size
     * @param states the state of each sequence, distinct objects; advanced in place
     * @throws IllegalArgumentException if an input is dense and the network does not read dense vectors; no state is
     *     changed then
     */
    public void step(int count, SparseInput[] inputs, SequenceState[] states) {
        for (int i = 0; i < count; i++) {
            if (inputs[i].isDense() && !readsDense) {
                throw new IllegalArgumentException(
                        "the network reads " + network.encoding().specName() + " vectors, but the input is dense");
            }
        }
        if (network.execution().carries()) {
            System.arraycopy(inputs, 0, events, 0, count);
            advance(count, states);
        } else {
            for (int i = 0; i < count; i++) {
                states[i].window().add(inputs[i]);
                states[i].resetRecurrentState();
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
                float[] from = vectors[i][headSlots[FIRST_HEAD]];
                System.arraycopy(from, 0, states[i].features(), 0, from.length);
            }
            states[i].steps(states[i].steps() + 1);
        }
    }

    /**
     * Returns the event at a position of a full window. In a window that is not full, padding or no event comes before
     * the events.
     */
    private @Nullable SparseInput event(EventWindow window, int position) {
        int at = position - (window.capacity() - window.size());
        return at < 0 ? padding : window.get(at);
    }

    /** Advances the states by the current events. */
    private void advance(int count, SequenceState[] states) {
        advance(count, states, false);
        if (masksEvent0 || network.execution().maskValue() != null) {
            advance(count, states, true);
        }
    }

    private boolean isMasked(SparseInput input) {
        return masksEvent0 ? input.indexes()[0] == 0 : network.execution().masks(input, network.inputSize());
    }

    /** Advances the sequences whose event is masked, or those whose event is not masked, through every layer. */
    private void advance(int count, SequenceState[] states, boolean masked) {
        batch.count = 0;
        for (int i = 0; i < count; i++) {
            SparseInput event = events[i];
            if (event != null && masked == isMasked(event)) {
                SparseInput input = masked && !masksEvent0 ? maskedInput : event;
                if (readsWholeInput) {
                    input.writeTo(vectors[i][0]);
                }
                batchIndexes[i] = masked ? -1 : batch.count;
                batchStates[batch.count] = states[i];
                batch.inputs[batch.count] = input;
                batch.vectors[batch.count++] = vectors[i];
            }
        }
        for (int i = 0; i < layerSteppers.length && batch.count > 0; i++) {
            if (recurrentIndexes[i] >= 0) {
                advanceRecurrent(i, masked);
            } else {
                layerSteppers[i].compute(batch);
            }
        }
    }

    /** Points the batch at (h, c) of a recurrent layer, and computes the layer unless the events are masked. */
    private void advanceRecurrent(int layer, boolean masked) {
        for (int k = 0; k < batch.count; k++) {
            batch.h[k] = batchStates[k].h(recurrentIndexes[layer]);
            batch.c[k] = batchStates[k].c(recurrentIndexes[layer]);
            batch.vectors[k][layer + 1] = batch.h[k];
        }
        if (!masked) {
            layerSteppers[layer].compute(batch);
        }
    }

    /**
     * Returns the first head's logits of any state.
     *
     * @return the logits, {@code [outputs]}: an array of the state, which the first call after a change of the state
     *     overwrites
     */
    public float[] logits(SequenceState state) {
        oneState[0] = state;
        return logits(1, oneState)[0];
    }

    /**
     * Returns the first head's logits of any states. A state caches its logits until it changes.
     *
     * @param count the number of states, at most {@link #capacity()}
     * @return the logits of each state, {@code [outputs]}, in the first {@code count} entries: arrays of the states in
     *     an array of this stepper, which the first call after a change of a state overwrites
     */
    public float[][] logits(int count, SequenceState[] states) {
        int missing = 0;
        for (int i = 0; i < count; i++) {
            firstLogits[i] = states[i].logits();
            if (!states[i].hasCurrentLogits()) {
                states[i].logitsAreCurrent();
                headInputs[missing] = states[i].features();
                missingLogits[missing++] = firstLogits[i];
            }
        }
        if (missing > 0) {
            multiply(FIRST_HEAD, missing, missingLogits);
        }
        return firstLogits;
    }

    /**
     * Returns a head's logits after the last step.
     *
     * @param sequence the sequence's index in the last step
     * @param head the head's index in the network
     * @return the logits, {@code [outputs]}: an array of this stepper, which the next call for this head overwrites
     */
    public float[] logits(int sequence, int head) {
        headInputs[0] = vectors[sequence][headSlots[head]];
        multiply(head, 1, headLogits[head]);
        return headLogits[head][0];
    }

    /** Computes a head's logits of the first {@code count} vectors in {@code headInputs}. */
    private void multiply(int head, int count, float[][] logits) {
        Matrix matrix = packed.head(head);
        if (matrix == null) {
            for (int i = 0; i < count; i++) {
                System.arraycopy(headInputs[i], 0, logits[i], 0, headInputs[i].length);
            }
        } else {
            batch.count = count;
            batch.multiply(matrix, headInputs, network.heads().get(head).bias(), logits);
        }
    }

    /**
     * Returns a head's output after the last step: its activation of {@link #logits(int, int)}.
     *
     * @return a new array, {@code [outputs]}
     */
    public float[] output(int sequence, int head) {
        float[] z = logits(sequence, head);
        float[] output = new float[z.length];
        network.heads().get(head).activation().apply(packed.kernel(), z, 0, output, 0, output.length);
        return output;
    }

    /**
     * Returns the gates of the last step, after their activation.
     *
     * @param sequence the sequence's index in the last step
     * @param layer the layer's index among the recurrent layers
     * @return copies of the gates by name, in the customary order; empty for a layer without gates, or if the event was
     *     masked
     */
    public Map<String, float[]> gates(int sequence, int layer) {
        for (int i = 0; i < layerSteppers.length; i++) {
            if (recurrentIndexes[i] == layer) {
                return batchIndexes[sequence] < 0 ? Map.of() : layerSteppers[i].gates(batchIndexes[sequence]);
            }
        }
        throw new IndexOutOfBoundsException(layer);
    }
}
