package io.lstmstreams.recurrent;

import io.lstmstreams.kernel.Matrix;
import java.util.Arrays;

/**
 * Sequences that make a step together, so that each weight is read once for all of them: their vectors while they go from layer
 * to layer. Belongs to a stepper; not thread-safe.
 *
 * <p>The vectors of one sequence are kept by place: place 0 is x (filled only where a layer reads it as a whole), place
 * {@code i + 1} the output of layer i.
 */
final class Batch {
    /** How many sequences step: the first entries of every array here. */
    int count;

    /** x of each. */
    final SparseInput[] inputs;

    /** {@code [sequence][place]}: what the layers below gave in this step, and the place of the layer at hand. */
    final float[][][] vectors;

    /** The hidden state of the layer at hand, which is its output; null for a layer that remembers nothing. */
    final float[][] h;

    /** The cell state of the layer at hand; empty or null where there is none. */
    final float[][] c;

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

    /** {@code y = base + W x} for each sequence, where x is its vector at a place. */
    void multiply(Matrix matrix, int place, float[] base, float[][] y) {
        for (int i = 0; i < count; i++) {
            x[i] = vectors[i][place];
        }
        multiply(matrix, x, base, y);
    }

    /** {@code y = base + W x} for each sequence, where x is its whole input. */
    void multiplyInput(Matrix matrix, float[] base, float[][] y) {
        for (int i = 0; i < count; i++) {
            x[i] = inputs[i].values();
        }
        multiply(matrix, x, base, y);
    }

    /** {@code y = base + W x} for each sequence. */
    void multiply(Matrix matrix, float[][] x, float[] base, float[][] y) {
        multiply(matrix, x, base, 0, y);
    }

    /** {@code y[r] = base[offset + r] + (W x)[r]} for each sequence. */
    void multiply(Matrix matrix, float[][] x, float[] base, int offset, float[][] y) {
        Arrays.fill(bases, 0, count, base);
        Arrays.fill(offsets, 0, count, offset);
        matrix.multiply(count, x, bases, offsets, y);
    }

    /** {@code y += W x} for each sequence. */
    void addProduct(Matrix matrix, float[][] x, float[][] y) {
        Arrays.fill(offsets, 0, count, 0);
        matrix.multiply(count, x, y, offsets, y);
    }

    /**
     * {@code y = base + W x} for each sequence, where the base is the row of its event in a table.
     *
     * @param table {@code [events][rows]}
     * @param zeros the base for an input of zeros, {@code [rows]}
     */
    void multiply(Matrix matrix, float[][] x, float[] table, float[] zeros, float[][] y) {
        for (int i = 0; i < count; i++) {
            boolean isZero = inputs[i].lines().length == 0;
            bases[i] = isZero ? zeros : table;
            offsets[i] = isZero ? 0 : inputs[i].lines()[0] * zeros.length;
        }
        matrix.multiply(count, x, bases, offsets, y);
    }
}
