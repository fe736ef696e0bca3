package io.lstmstreams.recurrent;

/**
 * A textbook LSTM in double precision, written from the formulas and not from the code under test: a reference. The
 * input is always a whole vector.
 */
final class DoubleLstm {
    private final Network network;
    private final double[][] h;
    private final double[][] c;

    DoubleLstm(Network network) {
        this.network = network;
        this.h = new double[network.layers().size()][];
        this.c = new double[network.layers().size()][];
        for (int i = 0; i < h.length; i++) {
            h[i] = new double[network.recurrentLayers().get(i).units()];
            c[i] = new double[network.recurrentLayers().get(i).units()];
        }
    }

    void step(float... input) {
        double[] x = new double[input.length];
        for (int i = 0; i < x.length; i++) {
            x[i] = input[i];
        }
        for (int i = 0; i < h.length; i++) {
            step((LstmLayer) network.layers().get(i), x, h[i], c[i]);
            x = h[i];
        }
    }

    private static void step(LstmLayer layer, double[] x, double[] h, double[] c) {
        int units = layer.units();
        double[] before = h.clone();
        for (int k = 0; k < units; k++) {
            double i = sigmoid(preActivation(layer, k, x, before));
            double f = sigmoid(preActivation(layer, units + k, x, before));
            double g = Math.tanh(preActivation(layer, 2 * units + k, x, before));
            double o = sigmoid(preActivation(layer, 3 * units + k, x, before));
            c[k] = f * c[k] + i * g;
            h[k] = o * Math.tanh(c[k]);
        }
    }

    private static double preActivation(LstmLayer layer, int row, double[] x, double[] h) {
        double z = layer.bias()[row];
        for (int k = 0; k < x.length; k++) {
            z += layer.inputWeights()[row * x.length + k] * x[k];
        }
        for (int k = 0; k < h.length; k++) {
            z += layer.recurrentWeights()[row * h.length + k] * h[k];
        }
        return z;
    }

    private static double sigmoid(double z) {
        return 1 / (1 + Math.exp(-z));
    }

    float[] h(int layer) {
        return floats(h[layer]);
    }

    float[] c(int layer) {
        return floats(c[layer]);
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
