package io.lstmstreams.recurrent;

/**
 * The weights of one simple recurrent layer (Elman 1990): {@code h = tanh(Wx + Uh + b)}. The arrays belong to this
 * object and are never changed.
 */
public final class RnnLayer extends RecurrentLayer {
    private final Activation activation;
    private final float clip;

    /**
     * Uses the arrays without a copy; the caller must not change them afterwards.
     *
     * @param inputSize the length of x, at least 1
     * @param units the number of hidden units: the length of h, at least 1
     * @param inputWeights W, {@code [units][inputSize]} row by row
     * @param recurrentWeights U, {@code [units][units]} row by row
     * @param bias b, {@code [units]}
     * @param activation the function that is applied to {@code Wx + Uh + b}
     * @param clip the limit of the absolute value of the pre-activation; 0 for no limit
     * @throws IllegalArgumentException if an array does not fit the shape, or the clip is negative
     */
    public RnnLayer(
            int inputSize,
            int units,
            float[] inputWeights,
            float[] recurrentWeights,
            float[] bias,
            Activation activation,
            float clip) {
        super(1, inputSize, units, units, inputWeights, recurrentWeights, bias);
        if (!(clip >= 0)) {
            throw new IllegalArgumentException("clip must be at least 0, but is " + clip);
        }
        this.activation = activation;
        this.clip = clip;
    }

    @Override
    public String specName() {
        return "rnn";
    }

    /** Returns the function that is applied to {@code Wx + Uh + b}. */
    public Activation activation() {
        return activation;
    }

    /** Returns the limit of the absolute value of the pre-activation; 0 for no limit. */
    public float clip() {
        return clip;
    }

    @Override
    public void addTo(Fingerprint fingerprint) {
        addTo(fingerprint, "rnn " + inputSize() + " " + units() + " " + activation + " " + clip);
    }
}
