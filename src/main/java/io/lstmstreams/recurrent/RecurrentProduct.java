package io.lstmstreams.recurrent;

import io.lstmstreams.kernel.Matrix;

/**
 * {@code Wx + Uh + b}: what every gate reads. Immutable and shared among threads. For one-hot input the row of a table holds
 * {@code Wx + b}, so that only the product with h is left to do.
 *
 * @param table {@code [events][rows]}, row k = column k of W plus b; null where {@code input} does it
 * @param input Wx + b; null where the table does it
 * @param bias b; what is left of {@code Wx + b} when x is all zeros
 * @param recurrent U
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never printed
record RecurrentProduct(float[] table, Product input, float[] bias, Matrix recurrent) {

    /** {@code z = Wx + Uh + b} for each sequence. */
    void multiply(Batch batch, float[][] z) {
        if (table == null) {
            input.multiply(batch, z);
            batch.addProduct(recurrent, batch.h, z);
        } else {
            batch.multiply(recurrent, batch.h, table, bias, z);
        }
    }

    /** {@code z = Wx + b} for each sequence, for cells that need both products apart. */
    void multiplyInput(Batch batch, float[][] z) {
        if (table == null) {
            input.multiply(batch, z);
            return;
        }
        for (int i = 0; i < batch.count; i++) {
            int[] lines = batch.inputs[i].lines();
            boolean isZero = lines.length == 0;
            System.arraycopy(isZero ? bias : table, isZero ? 0 : lines[0] * bias.length, z[i], 0, bias.length);
        }
    }
}
