package io.lstmstreams.recurrent;

/**
 * The weights of one LSTM layer: {@code z = Wx + Uh + b}, {@code f, i, o = sigmoid(z)}, {@code g = tanh(z)},
 * {@code c = f * c + i * g}, {@code h = o * tanh(c)} (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et
 * al. 2000). {@link LstmOptions} has the extensions of the frameworks.
 *
 * <p>Rows are in PyTorch's gate order i, f, g, o, {@code units} rows each. The arrays belong to this object and are
 * never changed, so it is safe for any number of threads.
 */
public final class LstmLayer extends RecurrentLayer {
    /** The number of gates, each {@code units} rows of a weight matrix. */
    public static final int GATES = 4;

    private final LstmOptions options;

    /** Creates a textbook LSTM, with the parameters of the other constructor. */
    public LstmLayer(int inputSize, int units, float[] inputWeights, float[] recurrentWeights, float[] bias) {
        this(inputSize, units, inputWeights, recurrentWeights, bias, LstmOptions.NONE);
    }

    /**
     * Uses the arrays without a copy; the caller must not change them afterwards.
     *
     * @param inputSize the length of x, at least 1
     * @param units the number of hidden units: the length of c, and of h unless h is projected; at least 1
     * @param inputWeights W, {@code [4 * units][inputSize]} row by row
     * @param recurrentWeights U, {@code [4 * units][length of h]} row by row
     * @param bias b, {@code [4 * units]}; if a framework has two biases, their sum
     * @param options the extensions of the textbook LSTM
     * @throws IllegalArgumentException if an array does not fit the shape, or an option is not possible
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
        float[] projection = options.projection();
        return projection == null ? units : projection.length / units;
    }

    @Override
    public String specName() {
        return "lstm";
    }

    @Override
    public int cellStateSize() {
        return units();
    }

    /** Returns the extensions of the textbook LSTM. */
    public LstmOptions options() {
        return options;
    }

    @Override
    public long parameters() {
        return super.parameters() + options.parameters();
    }

    @Override
    public void addTo(Fingerprint fingerprint) {
        addTo(fingerprint, "lstm " + inputSize() + " " + units() + options.fingerprintText());
        options.weights().forEach(fingerprint::addFloats);
    }
}
