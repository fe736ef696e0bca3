package io.lstmstreams.recurrent;

import io.lstmstreams.kernel.Kernel;

/** Computes a simple recurrent layer. */
final class RnnStepper extends LayerStepper {
    private final Activation activation;
    private final float clip;
    private final Kernel kernel;
    private final RecurrentProduct product;
    private final float[][] z; // [sequence][units]

    RnnStepper(RnnLayer layer, Kernel kernel, RecurrentProduct product, int capacity) {
        this.activation = layer.activation();
        this.clip = layer.clip();
        this.kernel = kernel;
        this.product = product;
        this.z = new float[capacity][layer.units()];
    }

    @Override
    void compute(Batch batch) {
        product.multiply(batch, z);
        for (int i = 0; i < batch.count; i++) {
            clip(z[i], 0, z[i].length, clip);
            activation.apply(kernel, z[i], 0, batch.h[i], 0, z[i].length);
        }
    }
}
