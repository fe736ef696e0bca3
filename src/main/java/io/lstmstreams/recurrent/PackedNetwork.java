package io.lstmstreams.recurrent;

import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.kernel.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * A model whose weights are packed for one kernel. Immutable: one instance serves all threads, each through a
 * {@link Stepper} of its own.
 */
public final class PackedNetwork {
    private final Network network;
    private final Kernel kernel;
    private final List<IntFunction<Cell>> cells; // for each layer; of none for an embedding that was folded
    private final List<Matrix> heads; // null for a head without weights

    private PackedNetwork(Network network, Kernel kernel) {
        this.network = network;
        this.kernel = kernel;
        NetworkPacker packer = new NetworkPacker(network, kernel);
        this.cells = new ArrayList<>();
        for (int i = 0; i < network.layers().size(); i++) {
            cells.add(packer.pack(i));
        }
        this.heads = new ArrayList<>();
        for (Head head : network.heads()) {
            heads.add(head.isIdentity() ? null : kernel.matrix(head.outputs(), head.inputs(), head.weights()));
        }
    }

    /** Packs a model's weights for a kernel. */
    public static PackedNetwork of(Network network, Kernel kernel) {
        return new PackedNetwork(network, kernel);
    }

    /** The model that was packed. */
    public Network network() {
        return network;
    }

    /** The kernel that it was packed for. */
    public Kernel kernel() {
        return kernel;
    }

    /** A new stepper, for one thread and one sequence at a time. */
    public Stepper stepper() {
        return stepper(1);
    }

    /**
     * A new stepper, for one thread.
     *
     * @param capacity how many sequences it steps together at most
     */
    public Stepper stepper(int capacity) {
        return new Stepper(this, capacity);
    }

    /**
     * {@code log(sum of exp(logit))}, with the largest logit taken out first so that no exponential overflows.
     *
     * @return NaN if any logit is NaN
     */
    public double logSumExp(float[] logits) {
        float max = Float.NEGATIVE_INFINITY;
        for (float logit : logits) {
            max = Math.max(max, logit);
        }
        return max + Math.log(kernel.sumOfExponentials(logits, max));
    }

    /** New cells, one for each layer; null for a layer that was folded into another one. */
    Cell[] newCells(int capacity) {
        return cells.stream()
                .map(cell -> cell == null ? null : cell.apply(capacity))
                .toArray(Cell[]::new);
    }

    /** A head's weights; null if it has none. */
    Matrix head(int index) {
        return heads.get(index);
    }
}
