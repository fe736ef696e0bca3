package io.lstmstreams.recurrent;

import io.lstmstreams.kernel.Kernel;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.ojalgo.function.special.ErrorFunction;

/**
 * An activation function: the function of a gate, a dense layer or a head. Names and parameters are those of the ONNX
 * operators; functions that ONNX does not have are those of Keras. Immutable.
 *
 * @param kind the function
 * @param alpha the function's first parameter; 0 if it has none
 * @param beta the function's second parameter; 0 if it has none
 */
public record Activation(Kind kind, float alpha, float beta) {

    /** The functions, with the defaults of their parameters. */
    public enum Kind {
        /** z. */
        LINEAR,
        /** max(0, z). */
        RELU,
        /** min(max(0, z), 6). */
        RELU6,
        /** Hyperbolic tangent. */
        TANH,
        /** 1 / (1 + exp(-z)). */
        SIGMOID,
        /** min(max(0, alpha z + beta), 1). */
        HARD_SIGMOID(0.2f, 0.5f),
        /** min(max(-1, z), 1). */
        HARD_TANH,
        /** z / (1 + |z|). */
        SOFTSIGN,
        /** ln(1 + exp(z)). */
        SOFTPLUS,
        /** z, or alpha (exp(z) - 1) below 0. */
        ELU(1f, null),
        /** beta z, or beta alpha (exp(z) - 1) below 0. */
        SELU(1.6732632f, 1.050701f),
        /** z, or alpha z below 0. */
        LEAKY_RELU(0.01f, null),
        /** z above alpha, else 0. */
        THRESHOLDED_RELU(1f, null),
        /** alpha z + beta. */
        AFFINE(1f, 0f),
        /** alpha tanh(beta z). */
        SCALED_TANH(1f, 1f),
        /** exp(z). */
        EXPONENTIAL,
        /** z P(Z &lt;= z) of a normal distribution, by the error function. */
        GELU,
        /** z sigmoid(z), also called swish. */
        SILU,
        /** exp(z) / sum of exp(z), over the whole vector. */
        SOFTMAX,
        /** The natural logarithm of softmax. */
        LOG_SOFTMAX;

        private final @Nullable Float alpha;
        private final @Nullable Float beta;

        Kind() {
            this(null, null);
        }

        Kind(@Nullable Float alpha, @Nullable Float beta) {
            this.alpha = alpha;
            this.beta = beta;
        }

        /** Returns the function's name in a model's spec. */
        public String specName() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Returns the function that has this name in a model's spec, if any. */
        public static Optional<Kind> named(String name) {
            return Arrays.stream(values())
                    .filter(kind -> kind.specName().equals(name))
                    .findFirst();
        }

        /** Returns whether the function has a first parameter. */
        public boolean hasAlpha() {
            return alpha != null;
        }

        /** Returns whether the function has a second parameter. */
        public boolean hasBeta() {
            return beta != null;
        }
    }

    /** The identity. */
    public static final Activation LINEAR = of(Kind.LINEAR);

    /** The default function of an LSTM's candidate and output. */
    public static final Activation TANH = of(Kind.TANH);

    /** The default function of a gate. */
    public static final Activation SIGMOID = of(Kind.SIGMOID);

    /** The function that turns logits into a probability distribution. */
    public static final Activation SOFTMAX = of(Kind.SOFTMAX);

    /** Returns a function with its default parameters. */
    public static Activation of(Kind kind) {
        return new Activation(kind, orZero(kind.alpha), orZero(kind.beta));
    }

    private static float orZero(@Nullable Float parameter) {
        return parameter == null ? 0f : parameter;
    }

    /** Returns the name in a model's spec, followed by the parameters if they are not the defaults. */
    @Override
    public String toString() {
        return hasDefaults() ? kind.specName() : kind.specName() + "(" + alpha + ", " + beta + ")";
    }

    /** Returns whether the parameters are the function's defaults. */
    public boolean hasDefaults() {
        return equals(of(kind));
    }

    /**
     * Returns whether the output is a distribution, as probabilities or as their logarithms. Each of its values depends
     * on the whole vector, so such a function cannot be a gate's.
     */
    public boolean isDistribution() {
        return kind == Kind.SOFTMAX || kind == Kind.LOG_SOFTMAX;
    }

    /**
     * Computes {@code y[at + k] = f(z[from + k])} for {@code count} values.
     *
     * @param y the results, overwritten; must not be {@code z}
     */
    void apply(Kernel kernel, float[] z, int from, float[] y, int at, int count) {
        switch (kind) {
            case LINEAR -> System.arraycopy(z, from, y, at, count);
            case SIGMOID -> kernel.sigmoid(z, from, y, at, count);
            case TANH -> kernel.tanh(z, from, y, at, count);
            case SOFTMAX, LOG_SOFTMAX -> distribution(z, from, y, at, count);
            default -> {
                for (int k = 0; k < count; k++) {
                    y[at + k] = value(z[from + k]);
                }
            }
        }
    }

    private float value(float z) {
        return switch (kind) {
            case RELU -> Math.max(0f, z);
            case RELU6 -> Math.min(Math.max(0f, z), 6f);
            case HARD_SIGMOID -> Math.min(Math.max(0f, alpha * z + beta), 1f);
            case HARD_TANH -> Math.min(Math.max(-1f, z), 1f);
            case SOFTSIGN -> z / (1f + Math.abs(z));
            case SOFTPLUS -> (float) (Math.max(z, 0.0) + Math.log1p(Math.exp(-Math.abs(z))));
            case ELU -> z < 0f ? (float) (alpha * Math.expm1(z)) : z;
            case SELU -> beta * (z < 0f ? (float) (alpha * Math.expm1(z)) : z);
            case LEAKY_RELU -> z < 0f ? alpha * z : z;
            case THRESHOLDED_RELU -> z > alpha || Float.isNaN(z) ? z : 0f;
            case AFFINE -> alpha * z + beta;
            case SCALED_TANH -> (float) (alpha * Math.tanh(beta * z));
            case EXPONENTIAL -> (float) Math.exp(z);
            case GELU -> (float) (0.5 * z * (1 + ErrorFunction.erf(z / Math.sqrt(2))));
            case SILU -> (float) (z / (1 + Math.exp(-z)));
            default -> throw new AssertionError(kind + " is not a function of one value");
        };
    }

    private void distribution(float[] z, int from, float[] y, int at, int count) {
        float max = Float.NEGATIVE_INFINITY;
        for (int k = 0; k < count; k++) {
            max = Math.max(max, z[from + k]);
        }
        double sum = 0;
        for (int k = 0; k < count; k++) {
            sum += Math.exp((double) z[from + k] - max);
        }
        double logSum = Math.log(sum);
        for (int k = 0; k < count; k++) {
            double log = (double) z[from + k] - max - logSum;
            y[at + k] = (float) (kind == Kind.SOFTMAX ? Math.exp(log) : log);
        }
    }
}
