package io.lstmstreams.recurrent;

/** A dense layer: {@code y = activation(Wx + b)}. Immutable; the arrays belong to this object. */
public final class DenseLayer implements Layer {
    private final int inputs;
    private final int outputs;
    private final float[] weights; // [outputs][inputs], row by row
    private final float[] bias; // [outputs]
    private final Activation activation;

    /**
     * Uses the arrays without a copy; the caller must not change them afterwards.
     *
     * @throws IllegalArgumentException if an array does not fit the shape
     */
    public DenseLayer(int inputs, int outputs, float[] weights, float[] bias, Activation activation) {
        Shapes.check("weights", weights, outputs, inputs);
        Shapes.check("bias", bias, outputs, 1);
        this.inputs = inputs;
        this.outputs = outputs;
        this.weights = weights;
        this.bias = bias;
        this.activation = activation;
    }

    @Override
    public String specName() {
        return "dense";
    }

    @Override
    public int inputSize() {
        return inputs;
    }

    @Override
    public int outputSize() {
        return outputs;
    }

    /** Returns W, {@code [outputs][inputs]} row by row, which must not be changed. */
    public float[] weights() {
        return weights;
    }

    /** Returns b, {@code [outputs]}, which must not be changed. */
    public float[] bias() {
        return bias;
    }

    /** Returns the function that is applied to {@code Wx + b}. */
    public Activation activation() {
        return activation;
    }

    @Override
    public long parameters() {
        return (long) weights.length + bias.length;
    }

    @Override
    public void addTo(Fingerprint fingerprint) {
        fingerprint.addText("dense " + inputs + " " + outputs + " " + activation);
        fingerprint.addFloats(weights);
        fingerprint.addFloats(bias);
    }
}
