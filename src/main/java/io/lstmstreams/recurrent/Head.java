package io.lstmstreams.recurrent;

import java.nio.charset.StandardCharsets;

/**
 * A head of a network: {@code logits = W y + b}, or the layer's output itself as logits, and an activation. Immutable;
 * the arrays belong to this object.
 */
public final class Head {
    private final String name;
    private final Activation activation;
    private final boolean identity;
    private final int inputs;
    private final int outputs;
    private final float[] weights; // [outputs][inputs], row by row; empty for the identity
    private final float[] bias; // [outputs]; empty for the identity

    /**
     * Creates a dense head. Uses the arrays without a copy; the caller must not change them afterwards.
     *
     * @param name the head's name, as in a result's {@code output}
     * @param activation the function that is applied to the logits
     * @param inputs the length of y
     * @param outputs the number of logits
     * @param weights W, {@code [outputs][inputs]} row by row
     * @param bias b, {@code [outputs]}
     * @throws IllegalArgumentException if an array does not fit the shape, or the name cannot be written in UTF-8
     */
    public Head(String name, Activation activation, int inputs, int outputs, float[] weights, float[] bias) {
        this(name, activation, false, inputs, outputs, weights, bias);
        Shapes.check("head " + name + ", weights", weights, outputs, inputs);
        Shapes.check("head " + name + ", bias", bias, outputs, 1);
    }

    private Head(
            String name,
            Activation activation,
            boolean identity,
            int inputs,
            int outputs,
            float[] weights,
            float[] bias) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
            throw new IllegalArgumentException("the name of head " + name + " is not Unicode text");
        }
        this.name = name;
        this.activation = activation;
        this.identity = identity;
        this.inputs = inputs;
        this.outputs = outputs;
        this.weights = weights;
        this.bias = bias;
    }

    /** Returns a head without weights, an identity, whose logits are the layer's output. */
    public static Head identity(String name, Activation activation, int size) {
        return new Head(name, activation, true, size, size, new float[0], new float[0]);
    }

    /** Returns whether the logits are the layer's output. */
    public boolean isIdentity() {
        return identity;
    }

    /** Returns the head's name, as in a result's {@code output}. */
    public String name() {
        return name;
    }

    /** Returns the function that turns logits into the output. */
    public Activation activation() {
        return activation;
    }

    /** Returns the length of the layer's output that the head reads. */
    public int inputs() {
        return inputs;
    }

    /** Returns the number of logits. */
    public int outputs() {
        return outputs;
    }

    /** Returns W, {@code [outputs][inputs]} row by row, which must not be changed; empty for the identity. */
    public float[] weights() {
        return weights;
    }

    /** Returns b, {@code [outputs]}, which must not be changed; empty for the identity. */
    public float[] bias() {
        return bias;
    }

    /** Returns the number of weights and biases. */
    public long parameters() {
        return (long) weights.length + bias.length;
    }
}
