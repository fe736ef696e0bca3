package io.lstmstreams.recurrent;

import io.lstmstreams.kernel.Matrix;

/**
 * A recurrent layer's packed {@code Wx + Uh + b}, the pre-activations of its gates. Immutable and safe for any number
 * of threads.
 */
interface RecurrentProduct {

    /**
     * Computes {@code z = Wx + Uh + b} for each sequence.
     *
     * @param z the results, {@code [sequence][rows]}, overwritten
     */
    void multiply(Batch batch, float[][] z);

    /**
     * Computes {@code z = Wx + b} for each sequence, for layers that use the two products separately.
     *
     * @param z the results, {@code [sequence][rows]}, overwritten
     */
    void multiplyInput(Batch batch, float[][] z);

    /** Returns the packed U. */
    Matrix recurrent();

    /**
     * The product for one-hot input: one row of a table is {@code Wx + b}, so a step computes only the product with h.
     *
     * @param table the table, {@code [events][rows]}: row k is column k of W plus b
     * @param bias b, {@code [rows]}, which is {@code Wx + b} for an x of zeros
     * @param recurrent U
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared, never printed
    record OfOneHot(float[] table, float[] bias, Matrix recurrent) implements RecurrentProduct {
        @Override
        public void multiply(Batch batch, float[][] z) {
            batch.multiplyWithTable(recurrent, batch.h, table, bias, z);
        }

        @Override
        public void multiplyInput(Batch batch, float[][] z) {
            for (int i = 0; i < batch.count; i++) {
                int[] indexes = batch.inputs[i].indexes();
                boolean isZero = indexes.length == 0;
                System.arraycopy(isZero ? bias : table, isZero ? 0 : indexes[0] * bias.length, z[i], 0, bias.length);
            }
        }
    }

    /**
     * The product for any other input.
     *
     * @param input {@code Wx + b}
     * @param recurrent U
     */
    record OfInput(Product input, Matrix recurrent) implements RecurrentProduct {
        @Override
        public void multiply(Batch batch, float[][] z) {
            input.multiply(batch, z);
            batch.addProduct(recurrent, batch.h, z);
        }

        @Override
        public void multiplyInput(Batch batch, float[][] z) {
            input.multiply(batch, z);
        }
    }
}
