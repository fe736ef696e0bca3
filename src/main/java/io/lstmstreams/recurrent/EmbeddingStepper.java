package io.lstmstreams.recurrent;

import java.util.Arrays;

/** Computes an embedding that is not folded into the layer above. */
final class EmbeddingStepper extends LayerStepper {
    private final EmbeddingLayer layer;
    private final int slot;

    EmbeddingStepper(EmbeddingLayer layer, int slot) {
        this.layer = layer;
        this.slot = slot;
    }

    @Override
    void compute(Batch batch) {
        for (int i = 0; i < batch.count; i++) {
            lookUp(batch.inputs[i], batch.vectors[i][slot]);
        }
    }

    private void lookUp(SparseInput input, float[] y) {
        Arrays.fill(y, 0f);
        if (input.isDense()) {
            for (int k = 0; k < layer.inputSize(); k++) {
                add(input.values()[layer.offset() + k], k, y);
            }
        } else {
            for (int k = 0; k < input.indexes().length; k++) {
                int row = input.indexes()[k] - layer.offset();
                if (row >= 0 && row < layer.inputSize()) {
                    add(input.values()[k], row, y);
                }
            }
        }
    }

    private void add(float factor, int row, float[] y) {
        for (int k = 0; k < y.length; k++) {
            y[k] += factor * layer.weights()[row * y.length + k];
        }
    }
}
