package io.lstmstreams.benchmark.step;

import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.kernel.Matrix;
import io.lstmstreams.recurrent.LstmLayer;
import io.lstmstreams.recurrent.Model;
import java.util.Arrays;

/** Several sequences at a time by the kernel's product with several vectors. */
final class KernelBatch implements Sequences {
    private final int count;
    private final int symbols;
    private final BatchLayer[] layers;
    private int step;

    KernelBatch(Model model, Kernel kernel, int count) {
        this.count = count;
        this.symbols = model.inputSize();
        this.layers = new BatchLayer[model.layers().size()];
        for (int i = 0; i < layers.length; i++) {
            layers[i] = new BatchLayer((LstmLayer) model.layers().get(i), kernel, count, i == 0);
        }
    }

    @Override
    public void step() {
        BatchLayer first = layers[0];
        for (int s = 0; s < count; s++) {
            first.offsets[s] = Sequences.symbol(s, step, symbols) * first.rows;
        }
        first.step(first.tables);
        for (int i = 1; i < layers.length; i++) {
            layers[i].input.multiply(count, layers[i - 1].h, layers[i].biases, layers[i].offsets, layers[i].z);
            layers[i].step(layers[i].z);
        }
        step = (step + 1) % PERIOD;
    }

    @Override
    public float[] h(int sequence) {
        return layers[layers.length - 1].h[sequence];
    }

    /** A layer's weights, and the states of all sequences in it. */
    private static final class BatchLayer {
        final int rows;
        final float[][] tables; // [count], the same array: [symbols][4 * units]; null above the first layer
        final Matrix input; // null in the first layer
        final Matrix recurrent;
        final float[][] biases; // [count], the same array
        final int[] offsets;
        final float[][] h;
        final float[][] z;
        private final float[][] c;
        private final float[] gates;
        private final Kernel kernel;

        BatchLayer(LstmLayer layer, Kernel kernel, int count, boolean first) {
            this.kernel = kernel;
            rows = LstmLayer.GATES * layer.units();
            tables = first ? same(table(layer, rows), count) : null;
            input = first ? null : kernel.matrix(rows, layer.inputSize(), layer.inputWeights());
            recurrent = kernel.matrix(rows, layer.units(), layer.recurrentWeights());
            biases = same(layer.bias(), count);
            offsets = new int[count];
            h = new float[count][layer.units()];
            c = new float[count][layer.units()];
            z = new float[count][rows];
            gates = new float[rows];
        }

        void step(float[][] bases) {
            recurrent.multiply(h.length, h, bases, offsets, z);
            for (int s = 0; s < h.length; s++) {
                kernel.lstm(z[s], gates, c[s], h[s]);
            }
        }

        private static float[] table(LstmLayer layer, int rows) {
            int symbols = layer.inputSize();
            float[] table = new float[symbols * rows];
            for (int k = 0; k < table.length; k++) {
                int row = k % rows;
                table[k] = layer.bias()[row] + layer.inputWeights()[row * symbols + k / rows];
            }
            return table;
        }

        private static float[][] same(float[] array, int count) {
            float[][] all = new float[count][];
            Arrays.fill(all, array);
            return all;
        }
    }
}
