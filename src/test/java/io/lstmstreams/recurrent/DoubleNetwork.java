package io.lstmstreams.recurrent;

import java.util.function.DoubleUnaryOperator;

/**
 * The recurrent layers in double precision, written from the formulas of papers and frameworks and not from the code
 * under test: a reference. One layer, whose input is always a whole vector.
 */
final class DoubleNetwork {
    final double[] h;
    final double[] c;

    DoubleNetwork(RecurrentLayer layer) {
        h = new double[layer.outputSize()];
        c = new double[layer.cellStateSize()];
    }

    void step(RecurrentLayer layer, float... x) {
        if (layer instanceof LstmLayer lstm) {
            step(lstm, x);
        } else if (layer instanceof GruLayer gru) {
            step(gru, x);
        } else {
            step((RnnLayer) layer, x);
        }
    }

    private void step(LstmLayer layer, float[] x) {
        LstmOptions o = layer.options();
        int n = layer.units();
        double[] z = sum(product(layer.inputWeights(), x), product(layer.recurrentWeights(), h), layer.bias());
        if (o.norm() != null) {
            for (int part = 0; part < 4; part++) {
                normalise(o.norm(), part, z, part * n);
            }
        }
        double[] gateO = new double[n];
        for (int k = 0; k < n; k++) {
            double zi = z[k] + (o.peepholes() == null ? 0 : o.peepholes()[0][k] * c[k]);
            double zf = z[n + k] + (o.peepholes() == null ? 0 : o.peepholes()[1][k] * c[k]);
            double i = f(o.recurrentActivation()).applyAsDouble(clip(zi, o.gateClip()));
            double f = o.inputForget() ? 1 - i : f(o.recurrentActivation()).applyAsDouble(clip(zf, o.gateClip()));
            double g = f(o.activation()).applyAsDouble(clip(z[2 * n + k], o.gateClip()));
            c[k] = clip(f * c[k] + i * g, o.cellClip());
        }
        if (o.norm() != null) {
            normalise(o.norm(), 4, c, 0);
        }
        double[] output = new double[n];
        for (int k = 0; k < n; k++) {
            double zo = z[3 * n + k] + (o.peepholes() == null ? 0 : o.peepholes()[2][k] * c[k]);
            gateO[k] = f(o.recurrentActivation()).applyAsDouble(clip(zo, o.gateClip()));
            output[k] = gateO[k] * f(o.outputActivation()).applyAsDouble(c[k]);
        }
        double[] projected = o.projection() == null ? output : product(o.projection(), output);
        for (int k = 0; k < h.length; k++) {
            h[k] = clip(projected[k], o.projectionClip());
        }
    }

    private void step(GruLayer layer, float[] x) {
        int n = layer.units();
        double[] wx = sum(product(layer.inputWeights(), x), new double[3 * n], layer.bias());
        double[] uh = product(layer.recurrentWeights(), h);
        double[] r = new double[n];
        double[] reset = new double[n];
        for (int k = 0; k < n; k++) {
            r[k] = f(layer.options().recurrentActivation())
                    .applyAsDouble(clip(wx[k] + uh[k], layer.options().clip()));
            reset[k] = r[k] * h[k];
        }
        double[] uReset = product(layer.recurrentWeights(), reset);
        for (int k = 0; k < n; k++) {
            double z = f(layer.options().recurrentActivation())
                    .applyAsDouble(clip(wx[n + k] + uh[n + k], layer.options().clip()));
            double inner = layer.options().resetAfter()
                    ? r[k] * (uh[2 * n + k] + layer.candidateBias()[k])
                    : uReset[2 * n + k];
            double candidate = f(layer.options().activation())
                    .applyAsDouble(clip(wx[2 * n + k] + inner, layer.options().clip()));
            h[k] = (1 - z) * candidate + z * h[k];
        }
    }

    private void step(RnnLayer layer, float[] x) {
        double[] z = sum(product(layer.inputWeights(), x), product(layer.recurrentWeights(), h), layer.bias());
        for (int k = 0; k < h.length; k++) {
            h[k] = f(layer.activation()).applyAsDouble(clip(z[k], layer.clip()));
        }
    }

    static DoubleUnaryOperator f(Activation a) {
        return switch (a.kind()) {
            case LINEAR -> z -> z;
            case RELU -> z -> z > 0 ? z : 0;
            case RELU6 -> z -> z > 6 ? 6 : z > 0 ? z : 0;
            case TANH -> Math::tanh;
            case SIGMOID -> DoubleNetwork::sigmoid;
            case HARD_SIGMOID -> z -> Math.max(0, Math.min(1, a.alpha() * z + a.beta()));
            case HARD_TANH -> z -> Math.max(-1, Math.min(1, z));
            case SOFTSIGN -> z -> z / (1 + Math.abs(z));
            case SOFTPLUS -> z -> Math.log(1 + Math.exp(z));
            case ELU -> z -> z < 0 ? a.alpha() * (Math.exp(z) - 1) : z;
            case SELU -> z -> a.beta() * (z < 0 ? a.alpha() * (Math.exp(z) - 1) : z);
            case LEAKY_RELU -> z -> z < 0 ? a.alpha() * z : z;
            case THRESHOLDED_RELU -> z -> z > a.alpha() ? z : 0;
            case AFFINE -> z -> a.alpha() * z + a.beta();
            case SCALED_TANH -> z -> a.alpha() * Math.tanh(a.beta() * z);
            case EXPONENTIAL -> Math::exp;
            case GELU -> z -> z * normal(z);
            case SILU -> z -> z * sigmoid(z);
            case SOFTMAX, LOG_SOFTMAX -> throw new IllegalArgumentException("not element by element");
        };
    }

    /** Returns the normal distribution function, by Simpson's rule. */
    private static double normal(double z) {
        int steps = 2000;
        double width = z / steps;
        double sum = 0;
        for (int k = 0; k <= steps; k++) {
            double weight = k == 0 || k == steps ? 1 : k % 2 == 0 ? 2 : 4;
            sum += weight * Math.exp(-0.5 * (k * width) * (k * width));
        }
        return 0.5 + sum * width / 3 / Math.sqrt(2 * Math.PI);
    }

    private static double sigmoid(double z) {
        return 1 / (1 + Math.exp(-z));
    }

    private static double clip(double value, float limit) {
        return limit == 0f ? value : Math.max(-limit, Math.min(limit, value));
    }

    private static void normalise(LstmNormalisation norm, int part, double[] values, int from) {
        int n = norm.scale()[part].length;
        double mean = 0;
        for (int k = 0; k < n; k++) {
            mean += values[from + k] / n;
        }
        double variance = 0;
        for (int k = 0; k < n; k++) {
            variance += (values[from + k] - mean) * (values[from + k] - mean) / n;
        }
        for (int k = 0; k < n; k++) {
            values[from + k] = norm.scale()[part][k] * (values[from + k] - mean) / Math.sqrt(variance + norm.epsilon())
                    + norm.shift()[part][k];
        }
    }

    private static double[] product(float[] weights, float[] x) {
        double[] wide = new double[x.length];
        for (int k = 0; k < x.length; k++) {
            wide[k] = x[k];
        }
        return product(weights, wide);
    }

    private static double[] product(float[] weights, double[] x) {
        double[] y = new double[weights.length / x.length];
        for (int row = 0; row < y.length; row++) {
            for (int k = 0; k < x.length; k++) {
                y[row] += weights[row * x.length + k] * x[k];
            }
        }
        return y;
    }

    private static double[] sum(double[] a, double[] b, float[] bias) {
        double[] sum = new double[bias.length];
        for (int k = 0; k < sum.length; k++) {
            sum[k] = a[k] + b[k] + bias[k];
        }
        return sum;
    }
}
