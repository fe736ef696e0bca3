package io.lstmstreams.kernel;

/**
 * One way to do the arithmetic of a recurrent step. Implementations hold no mutable state: one instance serves all threads.
 *
 * <p>The methods below are the raw core. Callers check shapes once, when they pack a model's weights; inside a step
 * nothing is checked and nothing is allocated.
 */
public interface Kernel {

    /** The name under which {@link Kernels#named} finds this kernel, as in {@code lstm.kernel}. */
    String name();

    /**
     * Packs a matrix in this kernel's own memory order.
     *
     * @param rows the number of rows, at least 1
     * @param columns the number of columns, at least 1
     * @param weights {@code rows * columns} values, row by row; copied
     * @return an immutable matrix that any number of threads may multiply with
     */
    Matrix matrix(int rows, int columns, float[] weights);

    /**
     * {@code y[at + k] = 1 / (1 + exp(-z[from + k]))} for {@code count} values.
     *
     * @param z at least {@code from + count} values
     * @param y at least {@code at + count} values, overwritten; must not be {@code z}
     */
    void sigmoid(float[] z, int from, float[] y, int at, int count);

    /** {@code y[at + k] = tanh(z[from + k])}, as {@link #sigmoid}. */
    void tanh(float[] z, int from, float[] y, int at, int count);

    /**
     * The element-wise half of the common LSTM step: {@code f, i, o = sigmoid(z)}, {@code g = tanh(z)},
     * {@code c = f * c + i * g}, {@code h = o * tanh(c)}.
     *
     * @param z the four pre-activations, order i, f, g, o, {@code units} values each
     * @param gates the four gates after their activation, as {@code z} in order and size, overwritten; must not be
     *     {@code z}
     * @param c cell state, {@code units} values, advanced in place
     * @param h hidden state, {@code units} values, overwritten
     */
    void lstm(float[] z, float[] gates, float[] c, float[] h);

    /**
     * The sum of {@code exp(z[k] - max)}, which a softmax divides by.
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
