package io.lstmstreams.kernel;

import org.apiguardian.api.API;

/**
 * An implementation of the arithmetic of a recurrent step. Implementations hold no mutable state: one instance serves
 * all threads.
 *
 * <p>Callers check shapes once, when they pack a network's weights. The methods that a step calls check nothing and
 * allocate nothing.
 */
@API(status = API.Status.STABLE)
public interface Kernel {

    /** Returns the name under which {@link Kernels#named} finds this kernel, as in {@code lstm.kernel}. */
    String name();

    /**
     * Packs a matrix in this kernel's memory order.
     *
     * @param rows the number of rows, at least 1
     * @param columns the number of columns, at least 1
     * @param weights {@code rows * columns} values, row by row; copied
     * @return an immutable matrix, safe for any number of threads
     */
    @API(status = API.Status.INTERNAL)
    Matrix matrix(int rows, int columns, float[] weights);

    /**
     * Computes {@code y[at + k] = 1 / (1 + exp(-z[from + k]))} for {@code count} values.
     *
     * @param z the arguments, at least {@code from + count} values
     * @param y the results, at least {@code at + count} values, overwritten; must not be {@code z}
     */
    void sigmoid(float[] z, int from, float[] y, int at, int count);

    /** Computes {@code y[at + k] = tanh(z[from + k])}, with the parameters of {@link #sigmoid}. */
    void tanh(float[] z, int from, float[] y, int at, int count);

    /**
     * Computes the element-wise half of the common LSTM step: {@code f, i, o = sigmoid(z)}, {@code g = tanh(z)},
     * {@code c = f * c + i * g}, {@code h = o * tanh(c)}.
     *
     * @param z the four pre-activations in the order i, f, g, o, {@code units} values each
     * @param gates the four gates after their activation, in the order and size of {@code z}, overwritten; must not be
     *     {@code z}
     * @param c the cell state, {@code units} values, advanced in place
     * @param h the hidden state, {@code units} values, overwritten
     */
    void lstm(float[] z, float[] gates, float[] c, float[] h);

    /**
     * Returns the sum of {@code exp(z[k] - max)}, the denominator of a softmax.
     *
     * @param max the largest element of z
     * @return 1 or more; NaN if an element is NaN
     */
    default double sumOfExponentials(float[] z, float max) {
        double sum = 0;
        for (float value : z) {
            sum += Math.exp((double) value - max);
        }
        return sum;
    }
}
