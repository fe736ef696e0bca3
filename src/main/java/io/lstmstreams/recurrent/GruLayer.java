package io.lstmstreams.recurrent;

/**
 * The weights of one GRU layer (Cho et al. 2014): {@code r, z = sigmoid(Wx + Uh + b)}, {@code h = (1 - z) * n + z * h}.
 * The candidate is {@code n = tanh(W_n x + b_n + r * (U_n h + b_hn))} if the reset gate comes after the product
 * (PyTorch, cuDNN, Keras' {@code reset_after}), or {@code n = tanh(W_n x + b_n + U_n (r * h))} if it comes before.
 *
 * <p>Rows are in PyTorch's order r, z, n, {@code units} rows each. The arrays belong to this object and are never
 * changed.
 */
public final class GruLayer extends RecurrentLayer {
    /** The number of blocks of {@code units} rows in a weight matrix. */
    public static final int GATES = 3;

    private final float[] candidateBias; // [units], b_hn
    private final GruOptions options;

    /**
     * Uses the arrays without a copy; the caller must not change them afterwards.
     *
     * @param inputSize the length of x, at least 1
     * @param units the number of hidden units: the length of h, at least 1
     * @param inputWeights W, {@code [3 * units][inputSize]} row by row
     * @param recurrentWeights U, {@code [3 * units][units]} row by row
     * @param bias b, {@code [3 * units]}: for r and z the sum of both biases, for n the input's
     * @param candidateBias b_hn, {@code [units]}: the candidate's recurrent bias, which the reset gate scales; zeros if
     *     the reset comes before the product
     * @param options the settings that differ between frameworks
     * @throws IllegalArgumentException if an array does not fit the shape, or an option is not possible
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
     * The settings of a GRU that differ between frameworks.
     *
     * @param activation the function of the candidate, tanh by default
     * @param recurrentActivation the function of the gates, sigmoid by default
     * @param resetAfter whether the reset gate comes after the product with the recurrent weights
     * @param clip the limit of the absolute value of every pre-activation; 0 for no limit
     */
    public record GruOptions(Activation activation, Activation recurrentActivation, boolean resetAfter, float clip) {
        /** The settings of PyTorch. */
        public static final GruOptions NONE = new GruOptions(Activation.TANH, Activation.SIGMOID, true, 0f);

        void check() {
            if (activation.isDistribution() || recurrentActivation.isDistribution()) {
                throw new IllegalArgumentException("a recurrent layer's activation must not be a softmax");
            }
            if (!(clip >= 0)) {
                throw new IllegalArgumentException("clip must be at least 0, but is " + clip);
            }
        }
    }

    @Override
    public String specName() {
        return "gru";
    }

    /** Returns b_hn, {@code [units]}, which must not be changed. */
    public float[] candidateBias() {
        return candidateBias;
    }

    /** Returns the settings that differ between frameworks. */
    public GruOptions options() {
        return options;
    }

    @Override
    public long parameters() {
        return super.parameters() + candidateBias.length;
    }

    @Override
    public void addTo(Fingerprint fingerprint) {
        addTo(fingerprint, "gru " + inputSize() + " " + units() + " " + options);
        fingerprint.addFloats(candidateBias);
    }
}
