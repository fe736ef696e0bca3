package io.lstmstreams.recurrent;

/**
 * The weights of one GRU layer (Cho et al. 2014): {@code r, z = sigmoid(Wx + Uh + b)},
 * {@code h = (1 - z) * n + z * h} with the candidate {@code n = tanh(W_n x + b_n + r * (U_n h + b_hn))} where the reset
 * gate comes after the product (PyTorch, cuDNN, Keras' {@code reset_after}), or {@code tanh(W_n x + b_n + U_n (r * h))}
 * where it comes before.
 *
 * <p>Rows are in PyTorch's order r, z, n, {@code units} rows each. The arrays belong to this object and are never changed.
 */
public final class GruLayer extends RecurrentLayer {
    /** Blocks of {@code units} rows of a weight matrix. */
    public static final int GATES = 3;

    private final float[] candidateBias; // [units], b_hn
    private final GruOptions options;

    /**
     * Takes the arrays without a copy; the caller must not change them afterwards.
     *
     * @param inputSize length of x, at least 1
     * @param units hidden units: length of h, at least 1
     * @param inputWeights W, {@code [3 * units][inputSize]} row by row
     * @param recurrentWeights U, {@code [3 * units][units]} row by row
     * @param bias b, {@code [3 * units]}: for r and z the sum of both biases, for n the input's
     * @param candidateBias b_hn, {@code [units]}: the candidate's recurrent bias, which the reset gate scales; zeros where
     *     the reset comes before the product
     * @throws IllegalArgumentException if an array has another length
     */
    public GruLayer(
            int inputSize,
            int units,
            float[] inputWeights,
            float[] recurrentWeights,
            float[] bias,
            float[] candidateBias,
            GruOptions options) {
        super(GATES, inputSize, units, units, inputWeights, recurrentWeights, bias);
        Shapes.check("candidate's bias", candidateBias, units, 1);
        options.check();
        this.candidateBias = candidateBias;
        this.options = options;
    }

    /**
     * What differs from framework to framework.
     *
     * @param activation of the candidate; tanh
     * @param recurrentActivation of the gates; sigmoid
     * @param resetAfter whether the reset gate comes after the product with the recurrent weights
     * @param clip every pre-activation is kept within this; 0 for no limit
     */
    public record GruOptions(Activation activation, Activation recurrentActivation, boolean resetAfter, float clip) {
        /** As in PyTorch. */
        public static final GruOptions NONE = new GruOptions(Activation.TANH, Activation.SIGMOID, true, 0f);

        void check() {
            if (activation.isOfVector() || recurrentActivation.isOfVector()) {
                throw new IllegalArgumentException("a softmax is no activation inside of a cell");
            }
            if (!(clip >= 0)) {
                throw new IllegalArgumentException("clip is above 0");
            }
        }
    }

    @Override
    public String cell() {
        return "gru";
    }

    /** b_hn, {@code [units]}; not to be changed. */
    public float[] candidateBias() {
        return candidateBias;
    }

    /** What differs from framework to framework. */
    public GruOptions options() {
        return options;
    }

    @Override
    public long parameters() {
        return super.parameters() + candidateBias.length;
    }

    @Override
    public void fingerprint(Fingerprint fingerprint) {
        fingerprint(fingerprint, "gru " + inputSize() + " " + units() + " " + options);
        fingerprint.floats(candidateBias);
    }
}
