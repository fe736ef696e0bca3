package io.lstmstreams.modelfile;

import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.Tensor;
import io.lstmstreams.recurrent.Activation;
import io.lstmstreams.recurrent.LstmLayer;
import io.lstmstreams.recurrent.LstmNormalisation;
import io.lstmstreams.recurrent.LstmOptions;
import java.util.List;

/** Builds an LSTM layer from its spec and its parameters. */
final class LstmAssembler {
    private static final List<String> PARTS = List.of("i", "f", "g", "o", "c");
    private static final int FORGET = 1; // among the parts
    private static final double EPSILON = 1e-12; // of tf.contrib.layers.layer_norm

    private final ModelSpec.Layer spec;
    private final Parameters parameters;
    private final int units;

    LstmAssembler(ModelSpec.Layer spec, Parameters parameters) {
        this.spec = spec;
        this.parameters = parameters;
        // With a projection U has fewer columns than units; its rows give the number of units.
        long rows = parameters.matrix("weight_hh").shape()[0];
        this.units = (int) (rows / LstmLayer.GATES);
        if (rows % LstmLayer.GATES != 0) {
            throw new Malformed(
                    parameters.where(), "weight_hh must have 4 rows for each unit of the LSTM, but has " + rows);
        }
        if (spec.units() != null && spec.units() != units) {
            throw new Malformed(
                    parameters.where(), "the spec says " + spec.units() + " units, but the tensors have " + units);
        }
    }

    LstmLayer assemble() {
        int rows = LstmLayer.GATES * units;
        float[] projection = projection();
        int outputs = projection == null ? units : projection.length / units;
        Tensor input = parameters.matrix("weight_ih");
        parameters.expect(input, rows, input.shape()[1]);
        float[] bias = parameters.sum("bias_ih", "bias_hh", rows);
        LstmNormalisation norm = normalisation();
        float forgetBias = LayerAssembler.number(spec.forgetBias(), "forgetBias", parameters.where());
        for (int unit = 0; unit < units; unit++) {
            if (norm == null) {
                bias[units + unit] += forgetBias;
            } else {
                norm.shift()[FORGET][unit] += forgetBias; // added after the normalisation
            }
        }
        return new LstmLayer(
                (int) input.shape()[1],
                units,
                input.values(),
                parameters.values("weight_hh", rows, outputs),
                parameters.finite(bias, "the biases' sum"),
                options(projection, norm));
    }

    private LstmOptions options(float[] projection, LstmNormalisation norm) {
        String where = parameters.where();
        Activation activation = ActivationSpec.read(spec.activation(), Activation.TANH, where);
        return new LstmOptions(
                activation,
                ActivationSpec.read(spec.outputActivation(), activation, where),
                ActivationSpec.read(spec.recurrentActivation(), Activation.SIGMOID, where),
                peepholes(),
                LayerAssembler.number(spec.cellClip(), "cellClip", where),
                projection,
                LayerAssembler.number(spec.projectionClip(), "projectionClip", where),
                LayerAssembler.number(spec.clip(), "clip", where),
                Boolean.TRUE.equals(spec.inputForget()),
                norm);
    }

    private float[] projection() {
        if (!parameters.has("weight_hr")) {
            if (spec.projection() != null) {
                throw new Malformed(parameters.where(), "the spec says projection, but weight_hr is missing");
            }
            return null;
        }
        Tensor weight = parameters.matrix("weight_hr");
        parameters.expect(weight, weight.shape()[0], units);
        if (spec.projection() != null && spec.projection() != weight.shape()[0]) {
            throw new Malformed(
                    parameters.where(),
                    "the spec says projection " + spec.projection() + ", but the tensors have " + weight.shape()[0]);
        }
        return weight.values();
    }

    private float[][] peepholes() {
        boolean present = parameters.has("weight_pi") || parameters.has("weight_pf") || parameters.has("weight_po");
        if (!present) {
            if (Boolean.TRUE.equals(spec.peepholes())) {
                throw new Malformed(
                        parameters.where(),
                        "the spec says peepholes, but weight_pi, weight_pf and weight_po are missing");
            }
            return null;
        }
        if (Boolean.FALSE.equals(spec.peepholes())) {
            throw new Malformed(
                    parameters.where(),
                    "the spec says no peepholes, but the tensors have weight_pi, weight_pf or weight_po");
        }
        return new float[][] {
            parameters.values("weight_pi", units),
            parameters.values("weight_pf", units),
            parameters.values("weight_po", units)
        };
    }

    private LstmNormalisation normalisation() {
        boolean present =
                PARTS.stream().anyMatch(part -> parameters.has("norm_" + part) || parameters.has("norm_bias_" + part));
        if (!present && !Boolean.TRUE.equals(spec.layerNorm())) {
            return null;
        }
        float[][] scale = new float[PARTS.size()][];
        float[][] shift = new float[PARTS.size()][];
        for (int part = 0; part < scale.length; part++) {
            scale[part] = parameters.valuesOr("norm_" + PARTS.get(part), 1f, units);
            shift[part] = parameters
                    .valuesOr("norm_bias_" + PARTS.get(part), 0f, units)
                    .clone();
        }
        return new LstmNormalisation(scale, shift, spec.epsilon() == null ? EPSILON : spec.epsilon());
    }
}
