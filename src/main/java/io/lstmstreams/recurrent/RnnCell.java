package io.lstmstreams.recurrent;

import io.lstmstreams.kernel.Kernel;

/** One simple recurrent layer at work. */
final class RnnCell extends Cell {
    private final Activation activation;
    private final float clip;
    private final Kernel kernel;
    private final RecurrentProduct product;
    private final float[] z; // [units]

    RnnCell(RnnLayer layer, Kernel kernel, RecurrentProduct product) {
        this.activation = layer.activation();
        this.clip = layer.clip();
        this.kernel = kernel;
        this.product = product;
        this.z = new float[layer.units()];
    }

    @Override
    void step(SparseInput input, float[][] vectors, float[] h, float[] c) {
        product.multiply(input, vectors, h, z);
        LstmCell.clip(z, 0, z.length, clip);
        activation.apply(kernel, z, 0, h, 0, z.length);
    }
}
