package io.lstmstreams.recurrent;

import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.kernel.Matrix;
import io.lstmstreams.recurrent.GruLayer.GruOptions;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** One GRU layer at work. */
final class GruCell extends Cell {
    private final int units;
    private final GruOptions options;
    private final Kernel kernel;
    private final RecurrentProduct
            product; // U is [3 * units] rows with the reset after the product, [2 * units] before it
    private final Matrix candidate; // U_n where the reset comes before the product; null otherwise
    private final float[] candidateBias; // [3 * units], zeros and then b_hn
    private final float[] z; // [3 * units], order r, z, n
    private final float[] recurrent; // [3 * units], Uh with the reset after the product; r * h before it
    private final float[] gates; // [3 * units], order r, z, n
    private final float[] sum; // [units], the candidate's pre-activation where the reset comes before the product

    GruCell(GruLayer layer, Kernel kernel, RecurrentProduct product, Matrix candidate) {
        this.units = layer.units();
        this.options = layer.options();
        this.kernel = kernel;
        this.product = product;
        this.candidate = candidate;
        this.candidateBias = new float[GruLayer.GATES * units];
        System.arraycopy(layer.candidateBias(), 0, candidateBias, 2 * units, units);
        this.z = new float[GruLayer.GATES * units];
        this.recurrent = new float[GruLayer.GATES * units];
        this.gates = new float[GruLayer.GATES * units];
        this.sum = new float[units];
    }

    @Override
    void step(SparseInput input, float[][] vectors, float[] h, float[] c) {
        int n = 2 * units;
        product.multiplyInput(input, vectors, z);
        if (candidate == null) {
            product.recurrent().multiply(h, candidateBias, 0, recurrent);
            for (int k = 0; k < n; k++) {
                z[k] += recurrent[k];
            }
        } else {
            product.recurrent().multiply(h, z, 0, z);
        }
        LstmCell.clip(z, 0, n, options.clip());
        options.recurrentActivation().apply(kernel, z, 0, gates, 0, n);
        if (candidate == null) {
            for (int unit = 0; unit < units; unit++) {
                z[n + unit] += gates[unit] * recurrent[n + unit];
            }
        } else {
            resetBeforeProduct(h);
        }
        LstmCell.clip(z, n, units, options.clip());
        options.activation().apply(kernel, z, n, gates, n, units);
        for (int unit = 0; unit < units; unit++) {
            float update = gates[units + unit];
            h[unit] = (1f - update) * gates[n + unit] + update * h[unit];
        }
    }

    private void resetBeforeProduct(float[] h) {
        for (int unit = 0; unit < units; unit++) {
            recurrent[unit] = gates[unit] * h[unit];
        }
        candidate.multiply(recurrent, z, 2 * units, sum);
        System.arraycopy(sum, 0, z, 2 * units, units);
    }

    @Override
    Map<String, float[]> gates() {
        Map<String, float[]> byName = new LinkedHashMap<>();
        byName.put("r", Arrays.copyOfRange(gates, 0, units));
        byName.put("z", Arrays.copyOfRange(gates, units, 2 * units));
        byName.put("n", Arrays.copyOfRange(gates, 2 * units, 3 * units));
        return byName;
    }
}
