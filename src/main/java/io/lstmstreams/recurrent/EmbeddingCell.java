package io.lstmstreams.recurrent;

import java.util.Arrays;

/** One embedding at work, where it is not folded into the layer above. */
final class EmbeddingCell extends Cell {
    private final EmbeddingLayer layer;
    private final int place;

    EmbeddingCell(EmbeddingLayer layer, int place) {
        this.layer = layer;
        this.place = place;
    }

    @Override
    void step(Batch batch) {
        for (int i = 0; i < batch.count; i++) {
            look(batch.inputs[i], batch.vectors[i][place]);
        }
    }

    private void look(SparseInput input, float[] y) {
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
