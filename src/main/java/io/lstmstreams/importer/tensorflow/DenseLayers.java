package io.lstmstreams.importer.tensorflow;

import io.lstmstreams.importer.draft.Matrices;
import io.lstmstreams.importer.tensorflow.Variables.Named;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The matrices that belong to no cell, each with its bias, and their places before the first cell or after the last
 * cell. A matrix reads a layer that has as many outputs as the matrix has rows.
 */
final class DenseLayers {
    private static final Pattern EMBEDDING =
            Pattern.compile("(.*[_/])?(embed\\w*|lookup\\w*|emb|char_emb|word_emb)([_/].*)?");
    private static final Pattern KERNEL =
            Pattern.compile("(.*/)?kernel(/\\.ATTRIBUTES/.*)?|variables/.*", Pattern.DOTALL);
    private static final Pattern BEFORE = Pattern.compile("(.*/)?(in|input|inputs|input_\\w+|\\w+_in)(/.*)?");

    private final Variables variables;
    private final List<Matrix> matrices = new ArrayList<>();
    private List<Matrix> all = List.of();

    /**
     * A dense layer after the last cell.
     *
     * @param matrix the matrix, {@code [inputs, outputs]} in the file, or {@code [outputs, inputs]} if it is turned
     * @param from the layer's input; empty for the last cell's output
     * @param turned true if rows and columns are exchanged
     */
    record Dense(Matrix matrix, Optional<Dense> from, boolean turned) {
        long outputs() {
            return matrix.kernel.shape()[turned ? 0 : 1];
        }
    }

    /** A matrix with its bias. */
    record Matrix(Named kernel, Optional<Named> bias) {
        String scope() {
            return kernel.name().scope();
        }

        long rows() {
            return kernel.shape()[0];
        }

        long columns() {
            return kernel.shape()[1];
        }

        boolean isEmbedding() {
            return bias.isEmpty() && EMBEDDING.matcher(kernel.name().toString()).matches();
        }

        /** Returns whether the variable has the name of a dense layer's weights, which Keras gives to no embedding. */
        boolean isCalledKernel() {
            return KERNEL.matcher(kernel.variable().name()).matches();
        }

        boolean isBefore() {
            return isEmbedding() || BEFORE.matcher(kernel.name().toString()).matches();
        }
    }

    private DenseLayers(Variables variables) {
        this.variables = variables;
    }

    /** Returns the matrices among the variables that no cell has read. */
    static DenseLayers of(Variables variables) {
        DenseLayers layers = new DenseLayers(variables);
        List<Named> vectors = new ArrayList<>();
        Map<String, Named> biases = new HashMap<>();
        for (Named named : variables.unread()) {
            if (named.variable().number() && named.rank() == 1) {
                boolean isBias = named.name().leaf().equals("bias");
                if (isBias && variables.has(named.name().scope(), "kernel")) {
                    biases.put(named.name().scope(), named);
                } else {
                    vectors.add(named);
                }
            }
        }
        for (Named named : variables.unread()) {
            if (named.variable().number() && named.rank() == 2) {
                Named bias = named.name().leaf().equals("kernel")
                        ? biases.get(named.name().scope())
                        : null;
                layers.matrices.add(new Matrix(named, Optional.ofNullable(bias)));
            }
        }
        layers.pairByShape(vectors);
        layers.all =
                layers.matrices.stream().filter(matrix -> !matrix.isEmbedding()).toList();
        return layers;
    }

    /**
     * Pairs variables without names, such as {@code tf.Variable}'s: a vector is the bias of the only matrix that fits.
     */
    private void pairByShape(List<Named> vectors) {
        for (Named vector : vectors) {
            List<Matrix> fitting = matrices.stream()
                    .filter(matrix ->
                            matrix.bias.isEmpty() && !matrix.isEmbedding() && matrix.columns() == vector.shape()[0])
                    .toList();
            if (fitting.size() == 1) {
                matrices.set(matrices.indexOf(fitting.get(0)), new Matrix(fitting.get(0).kernel, Optional.of(vector)));
            }
        }
    }

    /** Returns the matrices that have no place yet. */
    List<Matrix> matrices() {
        return matrices;
    }

    /** Returns the number of matrices without embeddings. */
    int count() {
        return all.size();
    }

    /** Returns a matrix's index among the matrices without embeddings, in the order of the variables. */
    int index(Matrix matrix) {
        return all.indexOf(matrix);
    }

    /**
     * Takes the matrices after the last cell.
     *
     * @param outputs the number of outputs of the last cell
     * @param embedding a matrix that is an embedding by the user's spec, or null
     * @return the dense layers, each after the layer that it reads
     */
    List<Dense> behind(long outputs, @Nullable Matrix embedding) {
        List<Dense> found = new ArrayList<>();
        boolean progress = true;
        while (progress) {
            progress = false;
            for (Matrix matrix : List.copyOf(matrices)) {
                boolean before = matrix.isBefore() || matrix.equals(embedding);
                Optional<Dense> dense = before ? Optional.empty() : reading(matrix, found, outputs);
                if (dense.isPresent()) {
                    found.add(dense.get());
                    matrices.remove(matrix);
                    progress = true;
                }
            }
        }
        return found;
    }

    /**
     * Returns a dense layer that reads the latest unread layer of its size, or else the last cell, or any layer of its
     * size.
     */
    private static Optional<Dense> reading(Matrix matrix, List<Dense> found, long outputs) {
        for (boolean turned : new boolean[] {false, true}) {
            long inputs = turned ? matrix.columns() : matrix.rows();
            long size = turned ? matrix.rows() : matrix.columns();
            boolean fits =
                    !turned || matrix.bias.map(bias -> bias.shape()[0] == size).orElse(false);
            if (fits) {
                Optional<Dense> from = Optional.empty();
                boolean known = inputs == outputs;
                for (Dense dense : found) {
                    boolean free = found.stream()
                            .noneMatch(other -> other.from.filter(dense::equals).isPresent());
                    if (dense.outputs() == inputs && (free || !known)) {
                        from = Optional.of(dense);
                        known = true;
                    }
                }
                if (known) {
                    return Optional.of(new Dense(matrix, from, turned));
                }
            }
        }
        return Optional.empty();
    }

    /**
     * Takes the matrices before the first cell.
     *
     * @param inputs the input size of the first cell
     * @return the matrices from the input upwards
     */
    List<Matrix> before(long inputs) {
        List<Matrix> found = new ArrayList<>();
        long outputs = inputs;
        while (true) {
            Matrix next = null;
            for (Matrix matrix : matrices) {
                if (matrix.columns() == outputs) {
                    next = matrix; // the last one, which is nearest to the cells in the file's order
                }
            }
            if (next == null) {
                return found;
            }
            matrices.remove(next);
            found.add(0, next);
            outputs = next.isEmbedding() ? -1 : next.rows(); // an embedding reads the input itself
        }
    }

    Tensor kernel(Matrix matrix, boolean turned) {
        Tensor kernel = variables.tensor(matrix.kernel);
        if (kernel.values().length == 0) {
            throw variables.malformed(kernel, "must be a matrix, but has shape " + kernel.shapeText());
        }
        return turned ? kernel : Matrices.transposed(kernel);
    }

    Optional<Tensor> bias(Matrix matrix, long outputs) {
        return matrix.bias.map(named -> {
            Tensor bias = variables.tensor(named);
            if (!bias.hasShape(outputs)) {
                throw variables.malformed(
                        bias, "must have shape " + Tensor.text(outputs) + ", but has " + bias.shapeText());
            }
            return bias;
        });
    }
}
