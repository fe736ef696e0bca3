package io.lstmstreams.recurrent;

/**
 * A layer with a state: it reads its output h(t) again at step t + 1. Recurrent layers differ in the number of gates
 * and in what the gates do. The arrays belong to this object and are never changed.
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

    /** Returns the number of hidden units. */
    public final int units() {
        return units;
    }

    /** Returns the length of h. */
    @Override
    public final int outputSize() {
        return outputSize;
    }

    /** Returns the length of the cell state c; 0 if the layer has none. */
    public int cellStateSize() {
        return 0;
    }

    /** Returns W, {@code [gates * units][inputSize]} row by row, which must not be changed. */
    public final float[] inputWeights() {
        return inputWeights;
    }

    /** Returns U, {@code [gates * units][outputSize]} row by row, which must not be changed. */
    public final float[] recurrentWeights() {
        return recurrentWeights;
    }

    /** Returns b, {@code [gates * units]}, which must not be changed. */
    public final float[] bias() {
        return bias;
    }

    @Override
    public long parameters() {
        return (long) inputWeights.length + recurrentWeights.length + bias.length;
    }

    /** Adds the layer's description and these weights. Subclasses add the weights that only they have. */
    void addTo(Fingerprint fingerprint, String description) {
        fingerprint.addText(description);
        fingerprint.addFloats(inputWeights);
        fingerprint.addFloats(recurrentWeights);
        fingerprint.addFloats(bias);
    }
}
