package io.lstmstreams.recurrent;

import io.lstmstreams.kernel.Kernel;

/**
 * Computes a layer without a matrix product: a scale, a normalisation, an activation, a slice or a merge. It needs
 * neither packed weights nor scratch arrays.
 */
final class MatrixFreeStepper extends LayerStepper {
    private final Layer layer;
    private final Kernel kernel;
    private final int[] from; // the slots that the layer reads
    private final int slot;

    MatrixFreeStepper(Layer layer, Kernel kernel, int[] from, int slot) {
        this.layer = layer;
        this.kernel = kernel;
        this.from = from;
        this.slot = slot;
    }

    @Override
    void compute(Batch batch) {
        for (int i = 0; i < batch.count; i++) {
            compute(batch.vectors[i]);
        }
    }

    private void compute(float[][] vectors) {
        float[] x = vectors[from[0]];
        float[] y = vectors[slot];
        if (layer instanceof ScaleLayer scale) {
            for (int k = 0; k < y.length; k++) {
                y[k] = scale.scale()[k] * x[k] + scale.shift()[k];
            }
        } else if (layer instanceof NormalisationLayer norm) {
            NormalisationLayer.apply(norm.scale(), norm.shift(), norm.epsilon(), x, 0, y, 0);
        } else if (layer instanceof ActivationLayer function) {
            function.activation().apply(kernel, x, 0, y, 0, y.length);
        } else if (layer instanceof SliceLayer slice) {
            System.arraycopy(x, slice.offset(), y, 0, y.length);
        } else {
            merge(((MergeLayer) layer).kind(), vectors, y);
        }
    }

    private void merge(MergeLayer.Kind kind, float[][] vectors, float[] y) {
        int at = 0;
        for (int i = 0; i < from.length; i++) {
            float[] x = vectors[from[i]];
            if (kind == MergeLayer.Kind.CONCAT || i == 0) {
                System.arraycopy(x, 0, y, at, x.length);
                at += kind == MergeLayer.Kind.CONCAT ? x.length : 0;
                continue;
            }
            for (int k = 0; k < y.length; k++) {
                y[k] = kind == MergeLayer.Kind.ADD ? y[k] + x[k] : y[k] * x[k];
            }
        }
    }
}
