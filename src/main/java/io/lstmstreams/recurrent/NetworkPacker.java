package io.lstmstreams.recurrent;

import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.kernel.Matrix;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Packs the layers of a network for a kernel. Decides which products become tables, and which embeddings are folded
 * into the tables of the layers above.
 */
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
     * Packs a layer.
     *
     * @param index the layer's index in the network
     * @return a factory that creates the layer's steppers for batches of up to a capacity
     */
    IntFunction<LayerStepper> pack(int index) {
        Layer layer = network.layers().get(index);
        int slot = index + 1;
        if (layer instanceof LstmLayer lstm) {
            RecurrentProduct product = recurrentProduct(
                    index, lstm.inputWeights(), lstm.bias(), matrix(lstm.outputSize(), lstm.recurrentWeights()));
            float @Nullable [] weights = lstm.options().projection();
            @Nullable
            Matrix projection = weights == null ? null : kernel.matrix(lstm.outputSize(), lstm.units(), weights);
            return capacity -> new LstmStepper(lstm, kernel, product, projection, capacity);
        }
        if (layer instanceof GruLayer gru) {
            return gru(index, gru);
        }
        if (layer instanceof RnnLayer rnn) {
            RecurrentProduct product = recurrentProduct(
                    index, rnn.inputWeights(), rnn.bias(), matrix(rnn.units(), rnn.recurrentWeights()));
            return capacity -> new RnnStepper(rnn, kernel, product, capacity);
        }
        if (layer instanceof DenseLayer dense) {
            Product product = inputProduct(index, dense.weights(), dense.bias());
            return capacity -> new DenseStepper(dense, kernel, product, slot, capacity);
        }
        if (layer instanceof EmbeddingLayer embedding) {
            boolean folded = isFolded(index);
            return capacity -> folded ? LayerStepper.FOLDED : new EmbeddingStepper(embedding, slot);
        }
        int[] from = network.wiring().layers().get(index).stream()
                .mapToInt(below -> below + 1)
                .toArray();
        return capacity -> new MatrixFreeStepper(layer, kernel, from, slot);
    }

    private IntFunction<LayerStepper> gru(int index, GruLayer gru) {
        int units = gru.units();
        float[] weights = gru.recurrentWeights();
        boolean after = gru.options().resetAfter();
        int gateRows = (after ? GruLayer.GATES : GruLayer.GATES - 1) * units;
        Matrix recurrent = matrix(units, Arrays.copyOf(weights, gateRows * units));
        @Nullable
        Matrix candidate = after ? null : matrix(units, Arrays.copyOfRange(weights, gateRows * units, weights.length));
        RecurrentProduct product = recurrentProduct(index, gru.inputWeights(), gru.bias(), recurrent);
        return capacity -> new GruStepper(gru, kernel, product, candidate, capacity);
    }

    private Matrix matrix(int columns, float[] weights) {
        return kernel.matrix(weights.length / columns, columns, weights);
    }

    private RecurrentProduct recurrentProduct(int index, float[] weights, float[] bias, Matrix recurrent) {
        int from = network.wiring().layers().get(index).get(0);
        int rows = bias.length;
        float[] table;
        if (from == Wiring.INPUT && network.encoding() == InputEncoding.ONE_HOT) {
            table = Product.table(rows, network.inputSize(), weights);
        } else if (from != Wiring.INPUT && isFolded(from)) {
            table = Product.foldedTable((EmbeddingLayer) network.layers().get(from), rows, weights, kernel);
        } else {
            return new RecurrentProduct.OfInput(inputProduct(index, weights, bias), recurrent);
        }
        for (int k = 0; k < table.length; k++) {
            table[k] += bias[k % rows];
        }
        return new RecurrentProduct.OfOneHot(table, bias, recurrent);
    }

    private Product inputProduct(int index, float[] weights, float[] bias) {
        int from = network.wiring().layers().get(index).get(0);
        int rows = bias.length;
        if (from != Wiring.INPUT) {
            return isFolded(from)
                    ? Product.ofSparseInput(
                            Product.foldedTable(
                                    (EmbeddingLayer) network.layers().get(from), rows, weights, kernel),
                            bias)
                    : Product.ofSlot(matrix(weights.length / rows, weights), bias, from + 1);
        }
        return switch (network.encoding()) {
            case ONE_HOT, FIELDS -> Product.ofSparseInput(Product.table(rows, network.inputSize(), weights), bias);
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
