package io.lstmstreams.recurrent;

/**
 * The weights of one simple recurrent layer (Elman 1990): {@code h = tanh(Wx + Uh + b)}. The arrays belong to this object
 * and are never changed.
 */
public final class RnnLayer extends RecurrentLayer {
    private final Activation activation;
    private final float clip;

    /**
     * Takes the arrays without a copy; the caller must not change them afterwards.
     *
     * @param inputWeights W, {@code [units][inputSize]} row by row
     * @param recurrentWeights U, {@code [units][units]} row by row
     * @param bias b, {@code [units]}
     * @param clip the pre-activation is kept within this; 0 for no limit
     * @throws IllegalArgumentException if an array has another length
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
            throw new IllegalArgumentException("clip is above 0");
        }
        this.activation = activation;
        this.clip = clip;
    }

    @Override
    public String cell() {
        return "rnn";
    }

    /** What the sum goes through. */
    public Activation activation() {
        return activation;
    }

    /** The bound of the pre-activation; 0 for none. */
    public float clip() {
        return clip;
    }

    @Override
    public void fingerprint(Fingerprint fingerprint) {
        fingerprint(fingerprint, "rnn " + inputSize() + " " + units() + " " + activation + " " + clip);
    }
}
