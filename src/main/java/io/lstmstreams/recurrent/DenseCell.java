package io.lstmstreams.recurrent;

import io.lstmstreams.kernel.Kernel;

/** One dense layer at work. */
final class DenseCell extends Cell {
    private final Activation activation;
    private final Kernel kernel;
    private final Product product;
    private final int place;
    private final float[] z; // [outputs]

    DenseCell(DenseLayer layer, Kernel kernel, Product product, int place) {
        this.activation = layer.activation();
        this.kernel = kernel;
        this.product = product;
        this.place = place;
        this.z = new float[layer.outputSize()];
    }

    @Override
    void step(SparseInput input, float[][] vectors, float[] h, float[] c) {
        product.multiply(input, vectors, z);
        activation.apply(kernel, z, 0, vectors[place], 0, z.length);
    }
}
