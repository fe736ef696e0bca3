package io.lstmstreams.recurrent;

import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.kernel.Matrix;

/** A layer's packed {@code Wx + b}. Immutable and safe for any number of threads. */
interface Product {

    /**
     * Computes {@code Wx + b} for each sequence.
     *
     * @param z the results, {@code [sequence][rows]}, overwritten
     */
    void multiply(Batch batch, float[][] z);

    /** Returns a product with a layer's output, the vector in a slot. */
    static Product ofSlot(Matrix matrix, float[] bias, int slot) {
        return (batch, z) -> batch.multiplySlot(matrix, slot, bias, z);
    }

    /** Returns a product with a dense x. */
    static Product ofDenseInput(Matrix matrix, float[] bias) {
        return (batch, z) -> batch.multiplyInput(matrix, bias, z);
    }

    /**
     * Returns a product with a sparse x: it adds one row of a table for each element of x that is not 0.
     *
     * @param table {@code [columns][rows]}: row k is column k of W
     */
    static Product ofSparseInput(float[] table, float[] bias) {
        return (batch, z) -> {
            for (int i = 0; i < batch.count; i++) {
                System.arraycopy(bias, 0, z[i], 0, bias.length);
                addRows(batch.inputs[i], table, z[i]);
            }
        };
    }

    private static void addRows(SparseInput input, float[] table, float[] z) {
        int[] indexes = input.indexes();
        for (int k = 0; k < indexes.length; k++) {
            if (indexes[k] != SparseInput.UNUSED) {
                addRow(input.values()[k], table, indexes[k] * z.length, z);
            }
        }
    }

    private static void addRow(float factor, float[] table, int from, float[] z) {
        for (int r = 0; r < z.length; r++) {
            z[r] += factor * table[from + r];
        }
    }

    /** Returns W as a table, {@code [columns][rows]}: row k is column k of W. */
    static float[] table(int rows, int columns, float[] weights) {
        if ((long) rows * columns > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "an input table must have at most 2^31 elements, but would have " + columns + " x " + rows);
        }
        float[] table = new float[rows * columns];
        for (int r = 0; r < rows; r++) {
            for (int k = 0; k < columns; k++) {
                table[k * rows + r] = weights[r * columns + k];
            }
        }
        return table;
    }

    /**
     * Returns the table that an embedding and the product above it are folded into, {@code [events][rows]}: row k is
     * {@code W e}, where e is row k of the embedding.
     */
    static float[] foldedTable(EmbeddingLayer embedding, int rows, float[] weights, Kernel kernel) {
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
