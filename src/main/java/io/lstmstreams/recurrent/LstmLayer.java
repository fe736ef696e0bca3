package io.lstmstreams.recurrent;

/**
 * The weights of one LSTM layer: {@code z = Wx + Uh + b}, {@code f, i, o = sigmoid(z)}, {@code g = tanh(z)},
 * {@code c = f * c + i * g}, {@code h = o * tanh(c)} (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al.
 * 2000); {@link LstmOptions} has what frameworks add to it.
 *
 * <p>Rows are in PyTorch's gate order i, f, g, o, {@code units} rows each. The arrays belong to this object and are never
 * changed, so it may be shared among threads.
 */
public final class LstmLayer implements RecurrentLayer {
    /** Gates of an LSTM cell, each {@code units} rows of a weight matrix. */
    public static final int GATES = 4;

    private final int inputSize;
    private final int units;
    private final float[] inputWeights; // [4 * units][inputSize], row by row
    private final float[] recurrentWeights; // [4 * units][outputSize], row by row
    private final float[] bias; // [4 * units]
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
        options.check(units);
        this.inputSize = inputSize;
        this.units = units;
        this.inputWeights = inputWeights;
        this.recurrentWeights = recurrentWeights;
        this.bias = bias;
        this.options = options;
        Shapes.check("input weights", inputWeights, (long) GATES * units, inputSize);
        Shapes.check("recurrent weights", recurrentWeights, (long) GATES * units, outputSize());
        Shapes.check("bias", bias, (long) GATES * units, 1);
    }

    @Override
    public String cell() {
        return "lstm";
    }

    @Override
    public int inputSize() {
        return inputSize;
    }

    @Override
    public int units() {
        return units;
    }

    @Override
    public int cellStateSize() {
        return units;
    }

    @Override
    public int outputSize() {
        return options.projection() == null ? units : options.projection().length / units;
    }

    /** W, {@code [4 * units][inputSize]} row by row; not to be changed. */
    public float[] inputWeights() {
        return inputWeights;
    }

    /** U, {@code [4 * units][outputSize]} row by row; not to be changed. */
    public float[] recurrentWeights() {
        return recurrentWeights;
    }

    /** b, {@code [4 * units]}; not to be changed. */
    public float[] bias() {
        return bias;
    }

    /** What is not as in the textbooks. */
    public LstmOptions options() {
        return options;
    }

    @Override
    public long parameters() {
        return (long) inputWeights.length + recurrentWeights.length + bias.length + options.parameters();
    }

    @Override
    public void fingerprint(Fingerprint fingerprint) {
        fingerprint.text("lstm " + inputSize + " " + units + options.fingerprintText());
        fingerprint.floats(inputWeights);
        fingerprint.floats(recurrentWeights);
        fingerprint.floats(bias);
        options.weights().forEach(fingerprint::floats);
    }
}
