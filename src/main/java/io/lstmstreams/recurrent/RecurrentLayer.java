package io.lstmstreams.recurrent;

/**
 * A layer that remembers: its output h(t) is read again at step t + 1. All that differs from cell to cell is how many gates there
 * are and what they do. The arrays belong to this object and are never changed.
 */
public abstract sealed class RecurrentLayer implements Layer permits LstmLayer, GruLayer, RnnLayer {
    private final int inputSize;
    private final int units;
    private final int outputSize;
    private final float[] inputWeights; // [gates * units][inputSize], row by row
    private final float[] recurrentWeights; // [gates * units][outputSize], row by row
    private final float[] bias; // [gates * units]

    RecurrentLayer(
            int gates,
            int inputSize,
            int units,
            int outputSize,
            float[] inputWeights,
            float[] recurrentWeights,
            float[] bias) {
        Shapes.check("input weights", inputWeights, (long) gates * units, inputSize);
        Shapes.check("recurrent weights", recurrentWeights, (long) gates * units, outputSize);
        Shapes.check("bias", bias, (long) gates * units, 1);
        this.inputSize = inputSize;
        this.units = units;
        this.outputSize = outputSize;
        this.inputWeights = inputWeights;
        this.recurrentWeights = recurrentWeights;
        this.bias = bias;
    }

    @Override
    public final int inputSize() {
        return inputSize;
    }

    /** The hidden units. */
    public final int units() {
        return units;
    }

    /** The length of h. */
    @Override
    public final int outputSize() {
        return outputSize;
    }

    /** The length of the cell state c, 0 where the cell has none. */
    public int cellStateSize() {
        return 0;
    }

    /** W, {@code [gates * units][inputSize]} row by row; not to be changed. */
    public final float[] inputWeights() {
        return inputWeights;
    }

    /** U, {@code [gates * units][outputSize]} row by row; not to be changed. */
    public final float[] recurrentWeights() {
        return recurrentWeights;
    }

    /** b, {@code [gates * units]}; not to be changed. */
    public final float[] bias() {
        return bias;
    }

    @Override
    public long parameters() {
        return (long) inputWeights.length + recurrentWeights.length + bias.length;
    }

    /** What the cell is, in words, and the weights; a cell with more of them adds those. */
    void fingerprint(Fingerprint fingerprint, String cell) {
        fingerprint.text(cell);
        fingerprint.floats(inputWeights);
        fingerprint.floats(recurrentWeights);
        fingerprint.floats(bias);
    }
}
