package io.lstmstreams.recurrent;

import io.lstmstreams.kernel.Kernel;

/** Computes a dense layer. */
final class DenseStepper extends LayerStepper {
    private final Activation activation;
    private final Kernel kernel;
    private final Product product;
    private final int slot;
    private final float[][] z; // [sequence][outputs]

    DenseStepper(DenseLayer layer, Kernel kernel, Product product, int slot, int capacity) {
        this.activation = layer.activation();
        this.kernel = kernel;
        this.product = product;
        this.slot = slot;
        this.z = new float[capacity][layer.outputSize()];
    }

    @Override
    void compute(Batch batch) {
        product.multiply(batch, z);
        for (int i = 0; i < batch.count; i++) {
            activation.apply(kernel, z[i], 0, batch.vectors[i][slot], 0, z[i].length);
        }
    }
}
