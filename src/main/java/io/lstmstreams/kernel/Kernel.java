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
     * The element-wise half of an LSTM step: {@code f, i, o = sigmoid(z)}, {@code g = tanh(z)},
     * {@code c = f * c + i * g}, {@code h = o * tanh(c)}.
     *
     * @param gates in: the four pre-activations z; out: the four gates after their activation. Order i, f, g, o,
     *     {@code units} values each
     * @param c cell state, {@code units} values, advanced in place
     * @param h hidden state, {@code units} values, overwritten
     */
    void lstm(float[] gates, float[] c, float[] h);
}
