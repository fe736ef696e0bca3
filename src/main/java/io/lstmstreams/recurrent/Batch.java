package io.lstmstreams.recurrent;

import io.lstmstreams.kernel.Matrix;
import java.util.Arrays;

/**
 * The vectors of several sequences that advance by one step together, so that each weight is read once for all of them.
 * Belongs to a stepper; not thread-safe.
 *
 * <p>A sequence has one vector in each slot: slot 0 has x (only if a layer reads x as a whole vector), slot
 * {@code i + 1} has the output of layer i.
 */
final class Batch {
    /** The number of sequences. They use the first entries of every array of this batch. */
    int count;

    /** The input x of each sequence. */
    final SparseInput[] inputs;

    /**
     * The vectors, {@code [sequence][slot]}: the outputs of the lower layers in this step, and an array for the current
     * layer's output.
     */
    final float[][][] vectors;

    /** The hidden state of the current recurrent layer, which is the layer's output. */
    final float[][] h;

    /** The cell state of the current recurrent layer; empty if the layer has none. */
    final float[][] c;

    // The arguments of the matrix product, one for each sequence:
    private final float[][] x;
    private final float[][] bases;
    private final int[] offsets;

    Batch(int capacity) {
        inputs = new SparseInput[capacity];
        vectors = new float[capacity][][];
        h = new float[capacity][];
        c = new float[capacity][];
        x = new float[capacity][];
        bases = new float[capacity][];
        offsets = new int[capacity];
    }

    /** Computes {@code y = base + W x} for each sequence, where x is the sequence's vector in a slot. */
    void multiplySlot(Matrix matrix, int slot, float[] base, float[][] y) {
        for (int i = 0; i < count; i++) {
            x[i] = vectors[i][slot];
        }
        multiply(matrix, x, base, y);
    }

    /** Computes {@code y = base + W x} for each sequence, where x is the sequence's dense input. */
    void multiplyInput(Matrix matrix, float[] base, float[][] y) {
        for (int i = 0; i < count; i++) {
            x[i] = inputs[i].values();
        }
        multiply(matrix, x, base, y);
    }

    /** Computes {@code y = base + W x} for each sequence. */
    void multiply(Matrix matrix, float[][] x, float[] base, float[][] y) {
        Arrays.fill(bases, 0, count, base);
        Arrays.fill(offsets, 0, count, 0);
        matrix.multiply(count, x, bases, offsets, y);
    }

    /** Computes {@code y += W x} for each sequence. */
    void addProduct(Matrix matrix, float[][] x, float[][] y) {
        Arrays.fill(offsets, 0, count, 0);
        matrix.multiply(count, x, y, offsets, y);
    }

    /**
     * Computes {@code y = base + W x} for each sequence, where the base is the row of the sequence's event in a table.
     *
     * @param table the bases, {@code [events][rows]}
     * @param zeros the base for an input of zeros, {@code [rows]}
     */
    void multiplyWithTable(Matrix matrix, float[][] x, float[] table, float[] zeros, float[][] y) {
        for (int i = 0; i < count; i++) {
            boolean isZero = inputs[i].indexes().length == 0;
            bases[i] = isZero ? zeros : table;
            offsets[i] = isZero ? 0 : inputs[i].indexes()[0] * zeros.length;
        }
        matrix.multiply(count, x, bases, offsets, y);
    }
}
