package io.lstmstreams.recurrent;

/**
 * The weights of one simple recurrent layer (Elman 1990): {@code h = tanh(Wx + Uh + b)}. The arrays belong to this object
 * and are never changed.
 */
public final class RnnLayer implements RecurrentLayer {
    private final int inputSize;
    private final int units;
    private final float[] inputWeights; // [units][inputSize], row by row
    private final float[] recurrentWeights; // [units][units], row by row
    private final float[] bias; // [units]
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
        Shapes.check("input weights", inputWeights, units, inputSize);
        Shapes.check("recurrent weights", recurrentWeights, units, units);
        Shapes.check("bias", bias, units, 1);
        if (!(clip >= 0)) {
            throw new IllegalArgumentException("clip is above 0");
        }
        this.inputSize = inputSize;
        this.units = units;
        this.inputWeights = inputWeights;
        this.recurrentWeights = recurrentWeights;
        this.bias = bias;
        this.activation = activation;
        this.clip = clip;
    }

    @Override
    public String cell() {
        return "rnn";
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
        return 0;
    }

    @Override
    public int outputSize() {
        return units;
    }

    /** W, {@code [units][inputSize]} row by row; not to be changed. */
    public float[] inputWeights() {
        return inputWeights;
    }

    /** U, {@code [units][units]} row by row; not to be changed. */
    public float[] recurrentWeights() {
        return recurrentWeights;
    }

    /** b, {@code [units]}; not to be changed. */
    public float[] bias() {
        return bias;
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
    public long parameters() {
        return (long) inputWeights.length + recurrentWeights.length + bias.length;
    }

    @Override
    public void fingerprint(Fingerprint fingerprint) {
        fingerprint.text("rnn " + inputSize + " " + units + " " + activation + " " + clip);
        fingerprint.floats(inputWeights);
        fingerprint.floats(recurrentWeights);
        fingerprint.floats(bias);
    }
}
