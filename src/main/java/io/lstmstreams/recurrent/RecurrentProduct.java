package io.lstmstreams.recurrent;

import io.lstmstreams.kernel.Matrix;

/**
 * A recurrent layer's packed {@code Wx + Uh + b}, the pre-activations of its gates. Immutable and safe for any number
 * of threads. For one-hot input a row of a table is {@code Wx + b}, so a step computes only the product with h.
 *
 * @param table the table, {@code [events][rows]}, row k is column k of W plus b; null if there is {@code input}
 * @param input {@code Wx + b}; null if there is a table
 * @param bias b, which is {@code Wx + b} for an x of zeros
 * @param recurrent U
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never printed
record RecurrentProduct(float[] table, Product input, float[] bias, Matrix recurrent) {

    /** Computes {@code z = Wx + Uh + b} for each sequence. */
    void multiply(Batch batch, float[][] z) {
        if (table == null) {
            input.multiply(batch, z);
            batch.addProduct(recurrent, batch.h, z);
        } else {
            batch.multiply(recurrent, batch.h, table, bias, z);
        }
    }

    /** Computes {@code z = Wx + b} for each sequence, for layers that use the two products separately. */
    void multiplyInput(Batch batch, float[][] z) {
        if (table == null) {
            input.multiply(batch, z);
            return;
        }
        for (int i = 0; i < batch.count; i++) {
            int[] indexes = batch.inputs[i].lines();
            boolean isZero = indexes.length == 0;
            System.arraycopy(isZero ? bias : table, isZero ? 0 : indexes[0] * bias.length, z[i], 0, bias.length);
        }
    }
}
