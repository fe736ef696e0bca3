package io.lstmstreams.recurrent;

import java.util.Arrays;

/** The computation of an embedding that is not folded into the layer above. */
final class EmbeddingCell extends Cell {
    private final EmbeddingLayer layer;
    private final int slot;

    EmbeddingCell(EmbeddingLayer layer, int slot) {
        this.layer = layer;
        this.slot = slot;
    }

    @Override
    void step(Batch batch) {
        for (int i = 0; i < batch.count; i++) {
            lookUp(batch.inputs[i], batch.vectors[i][slot]);
        }
    }

    private void lookUp(SparseInput input, float[] y) {
        Arrays.fill(y, 0f);
        if (input.lines() == null) {
            for (int k = 0; k < layer.inputSize(); k++) {
                add(input.values()[layer.offset() + k], k, y);
            }
        } else {
            for (int k = 0; k < input.lines().length; k++) {
                int row = input.lines()[k] - layer.offset();
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
