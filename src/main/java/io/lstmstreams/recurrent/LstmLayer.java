package io.lstmstreams.recurrent;

/**
 * The weights of one LSTM layer: {@code z = Wx + Uh + b}, {@code f, i, o = sigmoid(z)}, {@code g = tanh(z)},
 * {@code c = f * c + i * g}, {@code h = o * tanh(c)} (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al.
 * 2000); {@link LstmOptions} has what frameworks add to it.
 *
 * <p>Rows are in PyTorch's gate order i, f, g, o, {@code units} rows each. The arrays belong to this object and are never
 * changed, so it may be shared among threads.
 */
public final class LstmLayer extends RecurrentLayer {
    /** Gates of an LSTM cell, each {@code units} rows of a weight matrix. */
    public static final int GATES = 4;

    private final LstmOptions options;

    /** An LSTM as it stands in the textbooks; see the other constructor. */
    public LstmLayer(int inputSize, int units, float[] inputWeights, float[] recurrentWeights, float[] bias) {
        this(inputSize, units, inputWeights, recurrentWeights, bias, LstmOptions.NONE);
    }

    /**
     * Takes the arrays without a copy; the caller must not change them afterwards.
     *
     * @param inputSize length of x, at least 1
     * @param units hidden units: length of c, and of h unless it is projected; at least 1
     * @param inputWeights W, {@code [4 * units][inputSize]} row by row
     * @param recurrentWeights U, {@code [4 * units][length of h]} row by row
     * @param bias b, {@code [4 * units]}; where a framework has two biases, their sum
     * @param options what is not as in the textbooks
     * @throws IllegalArgumentException if an array has another length
     */
    public LstmLayer(
            int inputSize,
            int units,
            float[] inputWeights,
            float[] recurrentWeights,
            float[] bias,
            LstmOptions options) {
        super(GATES, inputSize, units, outputSize(units, options), inputWeights, recurrentWeights, bias);
        this.options = options;
    }

    private static int outputSize(int units, LstmOptions options) {
        options.check(units);
        return options.projection() == null ? units : options.projection().length / units;
    }

    @Override
    public String cell() {
        return "lstm";
    }

    @Override
    public int cellStateSize() {
        return units();
    }

    /** What is not as in the textbooks. */
    public LstmOptions options() {
        return options;
    }

    @Override
    public long parameters() {
        return super.parameters() + options.parameters();
    }

    @Override
    public void fingerprint(Fingerprint fingerprint) {
        fingerprint(fingerprint, "lstm " + inputSize() + " " + units() + options.fingerprintText());
        options.weights().forEach(fingerprint::floats);
    }
}
