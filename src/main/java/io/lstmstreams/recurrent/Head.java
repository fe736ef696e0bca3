package io.lstmstreams.recurrent;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * What a result shows of a layer: {@code logits = W y + b} and an activation, or the layer's output itself. Immutable; the
 * arrays belong to this object.
 */
public final class Head {
    private final String name;
    private final Activation activation;
    private final int inputs;
    private final int outputs;
    private final float[] weights; // [outputs][inputs], row by row; null for the identity
    private final float[] bias; // [outputs]; null for the identity

    /**
     * A dense head. Takes the arrays without a copy; the caller must not change them afterwards.
     *
     * @throws IllegalArgumentException if an array does not fit the shape, or the name cannot be written in UTF-8
     */
    public Head(String name, Activation activation, int inputs, int outputs, float[] weights, float[] bias) {
        this(name, activation, inputs, outputs, weights, bias, false);
        Shapes.check("head " + name + ", weights", weights, outputs, inputs);
        Shapes.check("head " + name + ", bias", bias, outputs, 1);
    }

    private Head(
            String name,
            Activation activation,
            int inputs,
            int outputs,
            float[] weights,
            float[] bias,
            boolean identity) {
        if (!identity && (weights == null || bias == null)) {
            throw new IllegalArgumentException("head " + name + " has no weights");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
            throw new IllegalArgumentException("the name of head " + name + " is not Unicode text");
        }
        this.name = name;
        this.activation = Objects.requireNonNull(activation);
        this.inputs = inputs;
        this.outputs = outputs;
        this.weights = weights;
        this.bias = bias;
    }

    /** A head without weights: its logits are what it reads. */
    public static Head identity(String name, Activation activation, int size) {
        return new Head(name, activation, size, size, null, null, true);
    }

    /** Whether its logits are what it reads. */
    public boolean isIdentity() {
        return weights == null;
    }

    /** The head's name, as in a result's {@code output}. */
    public String name() {
        return name;
    }

    /** What turns logits into the output. */
    public Activation activation() {
        return activation;
    }

    /** The length of what it reads. */
    public int inputs() {
        return inputs;
    }

    /** The number of logits. */
    public int outputs() {
        return outputs;
    }

    /** W, {@code [outputs][inputs]} row by row; not to be changed; null for the identity. */
    public float[] weights() {
        return weights;
    }

    /** b, {@code [outputs]}; not to be changed; null for the identity. */
    public float[] bias() {
        return bias;
    }

    /** The number of its weights and biases. */
    public long parameters() {
        return isIdentity() ? 0 : (long) weights.length + bias.length;
    }
}
