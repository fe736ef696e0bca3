package io.lstmstreams.recurrent;

import io.lstmstreams.kernel.Kernel;

/** One dense layer at work. */
final class DenseCell extends Cell {
    private final Activation activation;
    private final Kernel kernel;
    private final Product product;
    private final int place;
    private final float[][] z; // [sequence][outputs]

    DenseCell(DenseLayer layer, Kernel kernel, Product product, int place, int capacity) {
        this.activation = layer.activation();
        this.kernel = kernel;
        this.product = product;
        this.place = place;
        this.z = new float[capacity][layer.outputSize()];
    }

    @Override
    void step(Batch batch) {
        product.multiply(batch, z);
        for (int i = 0; i < batch.count; i++) {
            activation.apply(kernel, z[i], 0, batch.vectors[i][place], 0, z[i].length);
        }
    }
}
