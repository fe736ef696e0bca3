package io.lstmstreams.recurrent;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * A dense head on the top layer: {@code logits = W h + b}. Immutable; the arrays belong to this object.
 */
public final class Head {
    private final String name;
    private final Activation activation;
    private final int inputs;
    private final int outputs;
    private final float[] weights; // [outputs][inputs], row by row
    private final float[] bias; // [outputs]

    /**
     * Takes the arrays without a copy; the caller must not change them afterwards.
     *
     * @throws IllegalArgumentException if an array does not fit the shape, or the name cannot be written in UTF-8
     */
    public Head(String name, Activation activation, int inputs, int outputs, float[] weights, float[] bias) {
        Shapes.check("head " + name + ", weights", weights, outputs, inputs);
        Shapes.check("head " + name + ", bias", bias, outputs, 1);
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

    /** The head's name, as in a result's {@code output}. */
    public String name() {
        return name;
    }

    /** What turns logits into the output. */
    public Activation activation() {
        return activation;
    }

    /** The units of the top layer. */
    public int inputs() {
        return inputs;
    }

    /** The number of logits. */
    public int outputs() {
        return outputs;
    }

    /** W, {@code [outputs][inputs]} row by row; not to be changed. */
    public float[] weights() {
        return weights;
    }

    /** b, {@code [outputs]}; not to be changed. */
    public float[] bias() {
        return bias;
    }
}
