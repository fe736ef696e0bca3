package io.lstmstreams.recurrent;

import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.kernel.Matrix;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A network whose weights are laid out for one kernel. Immutable: one instance serves all threads, and each thread has
 * its own {@link Stepper}.
 */
public final class PackedNetwork {
    private final Network network;
    private final Kernel kernel;
    private final List<IntFunction<LayerStepper>> layers; // [layers], by the capacity of a batch
    private final @Nullable Matrix[] heads; // [heads]; null for a head without weights

    private PackedNetwork(Network network, Kernel kernel) {
        this.network = network;
        this.kernel = kernel;
        NetworkPacker packer = new NetworkPacker(network, kernel);
        this.layers = IntStream.range(0, network.layers().size())
                .mapToObj(packer::pack)
                .toList();
        this.heads = new Matrix[network.heads().size()];
        for (int i = 0; i < heads.length; i++) {
            Head head = network.heads().get(i);
            heads[i] = head.isIdentity() ? null : kernel.matrix(head.outputs(), head.inputs(), head.weights());
        }
    }

    /** Packs a network's weights for a kernel. */
    public static PackedNetwork of(Network network, Kernel kernel) {
        return new PackedNetwork(network, kernel);
    }

    /** Returns the network that was packed. */
    public Network network() {
        return network;
    }

    /** Returns the kernel that the weights are packed for. */
    public Kernel kernel() {
        return kernel;
    }

    /** Returns a new stepper, for one thread and one sequence at a time. */
    public Stepper stepper() {
        return stepper(1);
    }

    /**
     * Returns a new stepper, for one thread.
     *
     * @param capacity the maximum number of sequences that the stepper advances together
     */
    public Stepper stepper(int capacity) {
        return new Stepper(this, capacity);
    }

    /**
     * Returns {@code log(sum of exp(logit))}. Subtracts the largest logit first, so that no exponential overflows.
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

    /** Returns new layer steppers, one for each layer, for batches of up to {@code capacity} sequences. */
    LayerStepper[] newLayerSteppers(int capacity) {
        return layers.stream().map(layer -> layer.apply(capacity)).toArray(LayerStepper[]::new);
    }

    /** Returns a head's packed weights; null for a head without weights. */
    @Nullable
    Matrix head(int index) {
        return heads[index];
    }
}
