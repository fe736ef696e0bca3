package io.lstmstreams.recurrent;

import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.kernel.Matrix;
import io.lstmstreams.recurrent.GruLayer.GruOptions;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Computes a GRU layer. */
final class GruStepper extends LayerStepper {
    private final int units;
    private final GruOptions options;
    private final Kernel kernel;
    private final RecurrentProduct product; // U has 3 * units rows if the reset is after the product, else 2 * units
    private final @Nullable Matrix candidate; // U_n if the reset is before the product; otherwise null
    private final float[] candidateBias; // [3 * units], zeros and then b_hn
    private final float[][] z; // [sequence][3 * units], order r, z, n
    private final float[][] recurrent; // [sequence][3 * units], Uh if the reset is after the product, else r * h
    private final float[][] gates; // [sequence][3 * units], order r, z, n
    private final float[][] sum; // [sequence][units], the candidate's pre-activation if the reset is before the product

    GruStepper(GruLayer layer, Kernel kernel, RecurrentProduct product, @Nullable Matrix candidate, int capacity) {
        this.units = layer.units();
        this.options = layer.options();
        this.kernel = kernel;
        this.product = product;
        this.candidate = candidate;
        this.candidateBias = new float[GruLayer.GATES * units];
        System.arraycopy(layer.candidateBias(), 0, candidateBias, 2 * units, units);
        this.z = new float[capacity][GruLayer.GATES * units];
        this.recurrent = new float[capacity][GruLayer.GATES * units];
        this.gates = new float[capacity][GruLayer.GATES * units];
        this.sum = new float[capacity][units];
    }

    @Override
    void compute(Batch batch) {
        product.multiplyInput(batch, z);
        if (candidate == null) {
            resetAfterProduct(batch);
        } else {
            resetBeforeProduct(batch, candidate);
        }
        for (int i = 0; i < batch.count; i++) {
            float[] h = batch.h[i];
            clip(z[i], 2 * units, units, options.clip());
            options.activation().apply(kernel, z[i], 2 * units, gates[i], 2 * units, units);
            for (int unit = 0; unit < units; unit++) {
                float update = gates[i][units + unit];
                h[unit] = (1f - update) * gates[i][2 * units + unit] + update * h[unit];
            }
        }
    }

    private void resetAfterProduct(Batch batch) {
        batch.multiply(product.recurrent(), batch.h, candidateBias, recurrent);
        for (int i = 0; i < batch.count; i++) {
            for (int k = 0; k < 2 * units; k++) {
                z[i][k] += recurrent[i][k];
            }
            squashGates(i);
            for (int unit = 0; unit < units; unit++) {
                z[i][2 * units + unit] += gates[i][unit] * recurrent[i][2 * units + unit];
            }
        }
    }

    private void resetBeforeProduct(Batch batch, Matrix candidate) {
        batch.addProduct(product.recurrent(), batch.h, z);
        for (int i = 0; i < batch.count; i++) {
            squashGates(i);
            for (int unit = 0; unit < units; unit++) {
                recurrent[i][unit] = gates[i][unit] * batch.h[i][unit];
            }
            System.arraycopy(z[i], 2 * units, sum[i], 0, units);
        }
        batch.addProduct(candidate, recurrent, sum);
        for (int i = 0; i < batch.count; i++) {
            System.arraycopy(sum[i], 0, z[i], 2 * units, units);
        }
    }

    private void squashGates(int sequence) {
        clip(z[sequence], 0, 2 * units, options.clip());
        options.recurrentActivation().apply(kernel, z[sequence], 0, gates[sequence], 0, 2 * units);
    }

    @Override
    Map<String, float[]> gates(int sequence) {
        Map<String, float[]> byName = new LinkedHashMap<>();
        byName.put("r", Arrays.copyOfRange(gates[sequence], 0, units));
        byName.put("z", Arrays.copyOfRange(gates[sequence], units, 2 * units));
        byName.put("n", Arrays.copyOfRange(gates[sequence], 2 * units, 3 * units));
        return byName;
    }
}
