package io.lstmstreams.recurrent;

import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.kernel.Matrix;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Computes an LSTM layer: the textbook LSTM with one call of the kernel, any other LSTM with several. */
final class LstmStepper extends LayerStepper {
    private final int units;
    private final LstmOptions options;
    private final boolean plain;
    private final Kernel kernel;
    private final RecurrentProduct product;
    private final @Nullable Matrix projection;
    private final float[] zeros; // [outputs], the base of the projection
    private final float[][] z; // [sequence][4 * units], order i, f, g, o
    private final float[][] gates; // [sequence][4 * units], order i, f, g, o
    private final float[][] hidden; // [sequence][units], h before the projection; empty without a projection

    LstmStepper(LstmLayer layer, Kernel kernel, RecurrentProduct product, @Nullable Matrix projection, int capacity) {
        this.units = layer.units();
        this.options = layer.options();
        this.plain = options.hasPlainCell();
        this.kernel = kernel;
        this.product = product;
        this.projection = projection;
        this.zeros = new float[layer.outputSize()];
        this.z = new float[capacity][LstmLayer.GATES * units];
        this.gates = new float[capacity][LstmLayer.GATES * units];
        this.hidden = new float[projection == null ? 0 : capacity][units];
    }

    @Override
    void compute(Batch batch) {
        product.multiply(batch, z);
        for (int i = 0; i < batch.count; i++) {
            float[] output = projection == null ? batch.h[i] : hidden[i];
            if (plain) {
                kernel.lstm(z[i], gates[i], batch.c[i], output);
            } else {
                advance(z[i], gates[i], batch.c[i], output);
            }
        }
        if (projection != null) {
            batch.multiply(projection, hidden, zeros, batch.h);
            for (int i = 0; i < batch.count; i++) {
                clip(batch.h[i], 0, batch.h[i].length, options.projectionClip());
            }
        }
    }

    /** Computes the element-wise half of a step with any options. */
    private void advance(float[] z, float[] gates, float[] c, float[] output) {
        // Each gate has units elements of z and gates: i from 0, f, g and o from these indexes.
        int f = units;
        int g = 2 * units;
        int o = 3 * units;
        LstmNormalisation norm = options.norm();
        if (norm != null) {
            for (int part = 0; part < LstmLayer.GATES; part++) {
                norm.apply(part, z, part * units);
            }
        }
        float[][] peepholes = options.peepholes();
        if (peepholes != null) {
            addProduct(peepholes[0], c, z, 0);
            addProduct(peepholes[1], c, z, f);
        }
        clip(z, 0, o, options.gateClip());
        options.recurrentActivation().apply(kernel, z, 0, gates, 0, 2 * units);
        options.activation().apply(kernel, z, g, gates, g, units);
        for (int unit = 0; unit < units; unit++) {
            if (options.inputForget()) {
                gates[f + unit] = 1f - gates[unit];
            }
            c[unit] = gates[f + unit] * c[unit] + gates[unit] * gates[g + unit];
        }
        clip(c, 0, units, options.cellClip());
        if (norm != null) {
            norm.apply(LstmNormalisation.PARTS - 1, c, 0);
        }
        if (peepholes != null) {
            addProduct(peepholes[2], c, z, o); // c(t), while i and f see c(t-1)
        }
        clip(z, o, units, options.gateClip());
        options.recurrentActivation().apply(kernel, z, o, gates, o, units);
        options.outputActivation().apply(kernel, c, 0, output, 0, units);
        for (int unit = 0; unit < units; unit++) {
            output[unit] *= gates[o + unit];
        }
    }

    /** Adds {@code peephole * c}, element by element, to the pre-activation of the gate that begins at an index. */
    private void addProduct(float[] peephole, float[] c, float[] z, int gate) {
        for (int unit = 0; unit < units; unit++) {
            z[gate + unit] += peephole[unit] * c[unit];
        }
    }

    @Override
    Map<String, float[]> gates(int sequence) {
        Map<String, float[]> byName = new LinkedHashMap<>();
        byName.put("f", Arrays.copyOfRange(gates[sequence], units, 2 * units));
        byName.put("i", Arrays.copyOfRange(gates[sequence], 0, units));
        byName.put("g", Arrays.copyOfRange(gates[sequence], 2 * units, 3 * units));
        byName.put("o", Arrays.copyOfRange(gates[sequence], 3 * units, 4 * units));
        return byName;
    }
}
