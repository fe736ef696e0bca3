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

    /** {@code z = Wx + Uh + b}; z must not be h. */
    void multiply(SparseInput x, float[][] vectors, float[] h, float[] z) {
        if (table == null) {
            input.multiply(x, vectors, z);
            recurrent.multiply(h, z, 0, z);
        } else if (x.lines().length == 0) {
            recurrent.multiply(h, bias, 0, z);
        } else {
            recurrent.multiply(h, table, x.lines()[0] * bias.length, z);
        }
    }

    /** {@code z = Wx + b}, for cells that need both products apart. */
    void multiplyInput(SparseInput x, float[][] vectors, float[] z) {
        if (table == null) {
            input.multiply(x, vectors, z);
        } else if (x.lines().length == 0) {
            System.arraycopy(bias, 0, z, 0, bias.length);
        } else {
            System.arraycopy(table, x.lines()[0] * bias.length, z, 0, bias.length);
        }
    }
}
