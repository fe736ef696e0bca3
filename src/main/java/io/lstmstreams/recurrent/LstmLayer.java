package io.lstmstreams.recurrent;

/**
 * The weights of one LSTM layer: {@code z = Wx + Uh + b}, {@code f, i, o = sigmoid(z)}, {@code g = tanh(z)},
 * {@code c = f * c + i * g}, {@code h = o * tanh(c)} (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al.
 * 2000).
 *
 * <p>Rows are in PyTorch's gate order i, f, g, o, {@code units} rows each. The arrays belong to this object and are never
 * changed, so it may be shared among threads.
 */
public final class LstmLayer {
    /** Gates of an LSTM cell, each {@code units} rows of a weight matrix. */
    public static final int GATES = 4;

    private final int inputSize;
    private final int units;
    private final float[] inputWeights; // [4 * units][inputSize], row by row
    private final float[] recurrentWeights; // [4 * units][units], row by row
    private final float[] bias; // [4 * units]

    /**
     * Takes the arrays without a copy; the caller must not change them afterwards.
     *
     * @param inputSize length of x, at least 1
     * @param units hidden units: length of h and of c, at least 1
     * @param inputWeights W, {@code [4 * units][inputSize]} row by row
     * @param recurrentWeights U, {@code [4 * units][units]} row by row
     * @param bias b, {@code [4 * units]}; where a framework has two biases, their sum
     * @throws IllegalArgumentException if an array has another length
     */
    public LstmLayer(int inputSize, int units, float[] inputWeights, float[] recurrentWeights, float[] bias) {
        Shapes.check("input weights", inputWeights, (long) GATES * units, inputSize);
        Shapes.check("recurrent weights", recurrentWeights, (long) GATES * units, units);
        Shapes.check("bias", bias, (long) GATES * units, 1);
        this.inputSize = inputSize;
        this.units = units;
        this.inputWeights = inputWeights;
        this.recurrentWeights = recurrentWeights;
        this.bias = bias;
    }

    /** The length of x. */
    public int inputSize() {
        return inputSize;
    }

    /** The length of h and of c. */
    public int units() {
        return units;
    }

    /** W, {@code [4 * units][inputSize]} row by row; not to be changed. */
    public float[] inputWeights() {
        return inputWeights;
    }

    /** U, {@code [4 * units][units]} row by row; not to be changed. */
    public float[] recurrentWeights() {
        return recurrentWeights;
    }

    /** b, {@code [4 * units]}; not to be changed. */
    public float[] bias() {
        return bias;
    }
}
