package io.lstmstreams.recurrent;

import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.kernel.Matrix;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** The computation of an LSTM layer: the textbook's LSTM with one call of the kernel, any other LSTM with several. */
final class LstmCell extends Cell {
    private final int units;
    private final LstmOptions options;
    private final boolean plain;
    private final Kernel kernel;
    private final RecurrentProduct product;
    private final Matrix projection; // or null
    private final float[] zeros; // [outputs], the base of the projection
    private final float[][] z; // [sequence][4 * units], order i, f, g, o
    private final float[][] gates; // [sequence][4 * units], order i, f, g, o
    private final float[][] hidden; // [sequence][units], h before the projection; null without a projection

    LstmCell(LstmLayer layer, Kernel kernel, RecurrentProduct product, Matrix projection, int capacity) {
        this.units = layer.units();
        this.options = layer.options();
        this.plain = options.hasPlainCell();
        this.kernel = kernel;
        this.product = product;
        this.projection = projection;
        this.zeros = new float[layer.outputSize()];
        this.z = new float[capacity][LstmLayer.GATES * units];
        this.gates = new float[capacity][LstmLayer.GATES * units];
        this.hidden = projection == null ? null : new float[capacity][units];
    }

    @Override
    void step(Batch batch) {
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

    private void advance(float[] z, float[] gates, float[] c, float[] output) {
        int f = units;
        int g = 2 * units;
        int o = 3 * units;
        for (int part = 0; options.norm() != null && part < LstmLayer.GATES; part++) {
            normalise(part, z, part * units);
        }
        if (options.peepholes() != null) {
            addProduct(options.peepholes()[0], c, z, 0);
            addProduct(options.peepholes()[1], c, z, f);
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
        if (options.norm() != null) {
            normalise(LstmNormalisation.PARTS - 1, c, 0);
        }
        if (options.peepholes() != null) {
            addProduct(options.peepholes()[2], c, z, o);
        }
        clip(z, o, units, options.gateClip());
        options.recurrentActivation().apply(kernel, z, o, gates, o, units);
        options.outputActivation().apply(kernel, c, 0, output, 0, units);
        for (int unit = 0; unit < units; unit++) {
            output[unit] *= gates[o + unit];
        }
    }

    private void addProduct(float[] peephole, float[] c, float[] z, int gate) {
        for (int unit = 0; unit < units; unit++) {
            z[gate + unit] += peephole[unit] * c[unit];
        }
    }

    private void normalise(int part, float[] values, int from) {
        LstmNormalisation norm = options.norm();
        NormalisationLayer.apply(norm.scale()[part], norm.shift()[part], norm.epsilon(), values, from, values, from);
    }

    /** Limits the absolute value of each element; 0 means no limit. NaN stays NaN. */
    static void clip(float[] values, int from, int count, float limit) {
        if (limit > 0f) {
            for (int k = from; k < from + count; k++) {
                values[k] = Math.max(-limit, Math.min(limit, values[k]));
            }
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
