package io.lstmstreams.recurrent;

import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.kernel.Matrix;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/** Packs layers for a kernel. Decides which products become tables, and which tables an embedding is folded into. */
final class NetworkPacker {
    /**
     * The maximum number of floats, 256 MiB, in a table that an embedding is folded into. If the table would be larger,
     * a step looks the event up in the embedding and multiplies.
     */
    private static final long LARGEST_FOLDED_TABLE = 1L << 26;

    private final Network network;
    private final Kernel kernel;

    NetworkPacker(Network network, Kernel kernel) {
        this.network = network;
        this.kernel = kernel;
    }

    /**
     * Packs layer {@code i}.
     *
     * @return a factory that creates the layer's cells for batches up to a capacity; null for an embedding that is
     *     folded into the layers above
     */
    IntFunction<Cell> pack(int i) {
        Layer layer = network.layers().get(i);
        int slot = i + 1;
        if (layer instanceof LstmLayer lstm) {
            RecurrentProduct product =
                    product(i, lstm.inputWeights(), lstm.bias(), matrix(lstm.outputSize(), lstm.recurrentWeights()));
            float[] weights = lstm.options().projection();
            Matrix projection = weights == null ? null : kernel.matrix(lstm.outputSize(), lstm.units(), weights);
            return capacity -> new LstmCell(lstm, kernel, product, projection, capacity);
        }
        if (layer instanceof GruLayer gru) {
            return gru(i, gru);
        }
        if (layer instanceof RnnLayer rnn) {
            RecurrentProduct product =
                    product(i, rnn.inputWeights(), rnn.bias(), matrix(rnn.units(), rnn.recurrentWeights()));
            return capacity -> new RnnCell(rnn, kernel, product, capacity);
        }
        if (layer instanceof DenseLayer dense) {
            Product product = inputProduct(i, dense.weights(), dense.bias());
            return capacity -> new DenseCell(dense, kernel, product, slot, capacity);
        }
        if (layer instanceof EmbeddingLayer embedding) {
            return isFolded(i) ? null : capacity -> new EmbeddingCell(embedding, slot);
        }
        int[] from = network.wiring().layers().get(i).stream()
                .mapToInt(below -> below + 1)
                .toArray();
        return capacity -> new PlainCell(layer, kernel, from, slot);
    }

    private IntFunction<Cell> gru(int i, GruLayer gru) {
        int units = gru.units();
        float[] weights = gru.recurrentWeights();
        boolean after = gru.options().resetAfter();
        int gateRows = (after ? GruLayer.GATES : GruLayer.GATES - 1) * units;
        Matrix recurrent = matrix(units, Arrays.copyOf(weights, gateRows * units));
        Matrix candidate = after ? null : matrix(units, Arrays.copyOfRange(weights, gateRows * units, weights.length));
        RecurrentProduct product = product(i, gru.inputWeights(), gru.bias(), recurrent);
        return capacity -> new GruCell(gru, kernel, product, candidate, capacity);
    }

    private Matrix matrix(int columns, float[] weights) {
        return kernel.matrix(weights.length / columns, columns, weights);
    }

    private RecurrentProduct product(int i, float[] weights, float[] bias, Matrix recurrent) {
        int from = network.wiring().layers().get(i).get(0);
        int rows = bias.length;
        boolean oneHot = network.encoding() == InputEncoding.ONE_HOT;
        float[] table = null;
        if (oneHot && from == Wiring.INPUT) {
            table = Product.table(rows, network.inputSize(), weights);
        } else if (oneHot && from != Wiring.INPUT && isFolded(from)) {
            table = Product.table((EmbeddingLayer) network.layers().get(from), rows, weights, kernel);
        }
        if (table == null) {
            return new RecurrentProduct(null, inputProduct(i, weights, bias), bias, recurrent);
        }
        for (int k = 0; k < table.length; k++) {
            table[k] += bias[k % rows];
        }
        return new RecurrentProduct(table, null, bias, recurrent);
    }

    private Product inputProduct(int i, float[] weights, float[] bias) {
        int from = network.wiring().layers().get(i).get(0);
        int rows = bias.length;
        if (from != Wiring.INPUT) {
            return isFolded(from)
                    ? Product.ofLines(
                            Product.table((EmbeddingLayer) network.layers().get(from), rows, weights, kernel), bias)
                    : Product.of(matrix(weights.length / rows, weights), bias, from + 1);
        }
        return switch (network.encoding()) {
            case ONE_HOT, FIELDS -> Product.ofLines(Product.table(rows, network.inputSize(), weights), bias);
            case DENSE, INDEX -> Product.ofDenseInput(matrix(network.inputSize(), weights), bias);
        };
    }

    /**
     * Returns whether a layer is an embedding of one-hot input that is read only by layers into which it can be folded.
     */
    private boolean isFolded(int layer) {
        if (!(network.layers().get(layer) instanceof EmbeddingLayer embedding)
                || network.encoding() != InputEncoding.ONE_HOT
                || network.wiring().heads().contains(layer)) {
            return false;
        }
        for (int above = layer + 1; above < network.layers().size(); above++) {
            List<Integer> from = network.wiring().layers().get(above);
            if (from.contains(layer) && !canFold(network.layers().get(above), embedding)) {
                return false;
            }
        }
        return true;
    }

    private static boolean canFold(Layer reader, EmbeddingLayer embedding) {
        long rows;
        if (reader instanceof RecurrentLayer recurrent) {
            rows = recurrent.bias().length;
        } else if (reader instanceof DenseLayer dense) {
            rows = dense.outputSize();
        } else {
            return false;
        }
        return rows * embedding.inputSize() <= LARGEST_FOLDED_TABLE;
    }
}
