package io.lstmstreams.recurrent;

import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.kernel.Matrix;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A model whose weights are packed for one kernel. Immutable: one instance serves all threads, each through a
 * {@link Stepper} of its own.
 */
public final class Network {
    private final Model model;
    private final Kernel kernel;
    private final List<PackedLayer> layers;
    private final List<Matrix> heads;

    private Network(Model model, Kernel kernel) {
        this.model = model;
        this.kernel = kernel;
        this.layers = IntStream.range(0, model.layers().size())
                .mapToObj(i -> PackedLayer.of(
                        model.layers().get(i), kernel, i == 0 && model.encoding() == InputEncoding.ONE_HOT))
                .toList();
        this.heads = model.heads().stream()
                .map(head -> kernel.matrix(head.outputs(), head.inputs(), head.weights()))
                .toList();
    }

    /** Packs a model's weights for a kernel. */
    public static Network of(Model model, Kernel kernel) {
        return new Network(model, kernel);
    }

    /** The model that was packed. */
    public Model model() {
        return model;
    }

    /** The kernel that it was packed for. */
    public Kernel kernel() {
        return kernel;
    }

    /** A new stepper, for one thread. */
    public Stepper stepper() {
        return new Stepper(this);
    }

    PackedLayer layer(int index) {
        return layers.get(index);
    }

    Matrix head(int index) {
        return heads.get(index);
    }

    /**
     * One layer's weights in a kernel's memory order.
     *
     * @param table for one-hot input: {@code [inputSize][4 * units]}, row k = column k of W plus the bias, so that a
     *     one-hot input costs one row and no product; null otherwise
     * @param input W; null where the table replaces it
     * @param recurrent U
     * @param bias b, {@code [4 * units]}
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared, never printed
    record PackedLayer(int units, float[] table, Matrix input, Matrix recurrent, float[] bias) {

        static PackedLayer of(LstmLayer layer, Kernel kernel, boolean oneHot) {
            int rows = LstmLayer.GATES * layer.units();
            return new PackedLayer(
                    layer.units(),
                    oneHot ? table(layer) : null,
                    oneHot ? null : kernel.matrix(rows, layer.inputSize(), layer.inputWeights()),
                    kernel.matrix(rows, layer.units(), layer.recurrentWeights()),
                    layer.bias());
        }

        private static float[] table(LstmLayer layer) {
            int rows = LstmLayer.GATES * layer.units();
            float[] table = new float[Math.multiplyExact(layer.inputSize(), rows)];
            for (int r = 0; r < rows; r++) {
                for (int k = 0; k < layer.inputSize(); k++) {
                    table[k * rows + r] = layer.inputWeights()[r * layer.inputSize() + k] + layer.bias()[r];
                }
            }
            return table;
        }
    }
}
