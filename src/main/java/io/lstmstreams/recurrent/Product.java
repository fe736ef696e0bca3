package io.lstmstreams.recurrent;

import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.kernel.Matrix;

/** {@code Wx + b} of a layer, packed: immutable and shared among threads. */
interface Product {

    /**
     * Computes it for each sequence.
     *
     * @param z overwritten, {@code [sequence][rows]}
     */
    void multiply(Batch batch, float[][] z);

    /** A product with the vector at a place. */
    static Product of(Matrix matrix, float[] bias, int place) {
        return (batch, z) -> batch.multiply(matrix, place, bias, z);
    }

    /** A product with a dense x. */
    static Product ofDenseInput(Matrix matrix, float[] bias) {
        return (batch, z) -> batch.multiplyInput(matrix, bias, z);
    }

    /**
     * A product with an x of few lines that are not 0: one row of a table for each.
     *
     * @param table {@code [lines][rows]}: row k is column k of W
     */
    static Product ofLines(float[] table, float[] bias) {
        return (batch, z) -> {
            for (int i = 0; i < batch.count; i++) {
                System.arraycopy(bias, 0, z[i], 0, bias.length);
                addLines(batch.inputs[i], table, z[i]);
            }
        };
    }

    private static void addLines(SparseInput input, float[] table, float[] z) {
        int[] lines = input.lines();
        for (int k = 0; k < lines.length; k++) {
            if (lines[k] != SparseInput.UNUSED) {
                add(input.values()[k], table, lines[k] * z.length, z, z.length);
            }
        }
    }

    private static void add(float factor, float[] table, int from, float[] z, int rows) {
        for (int r = 0; r < rows; r++) {
            z[r] += factor * table[from + r];
        }
    }

    /** W turned into a table: {@code [columns][rows]}, row k = column k of W. */
    static float[] table(int rows, int columns, float[] weights) {
        if ((long) rows * columns > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "an input table of " + columns + " x " + rows + " has more than 2^31 elements");
        }
        float[] table = new float[rows * columns];
        for (int r = 0; r < rows; r++) {
            for (int k = 0; k < columns; k++) {
                table[k * rows + r] = weights[r * columns + k];
            }
        }
        return table;
    }

    /** The table that an embedding and the product above it come to: {@code [events][rows]}, row k = W e_k. */
    static float[] table(EmbeddingLayer embedding, int rows, float[] weights, Kernel kernel) {
        int size = embedding.outputSize();
        Matrix matrix = kernel.matrix(rows, size, weights);
        float[] table = new float[Math.multiplyExact(embedding.inputSize(), rows)];
        float[] event = new float[size];
        float[] row = new float[rows];
        float[] zeros = new float[rows];
        for (int k = 0; k < embedding.inputSize(); k++) {
            System.arraycopy(embedding.weights(), k * size, event, 0, size);
            matrix.multiply(event, zeros, 0, row);
            System.arraycopy(row, 0, table, k * rows, rows);
        }
        return table;
    }
}
