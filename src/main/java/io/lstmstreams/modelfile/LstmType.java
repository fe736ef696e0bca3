package io.lstmstreams.modelfile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.modelfile.tensor.Tensor;
import io.lstmstreams.recurrent.Activation;
import io.lstmstreams.recurrent.LstmLayer;
import io.lstmstreams.recurrent.LstmNormalisation;
import io.lstmstreams.recurrent.LstmOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** LSTM layers, with the extensions of all frameworks. */
final class LstmType implements LayerType<LstmLayer> {
    private static final List<String> PEEPHOLES = List.of("weight_pi", "weight_pf", "weight_po");

    /** The parts of a layer-normalised LSTM, in the order of {@link LstmNormalisation}. */
    private static final List<String> PARTS = List.of("i", "f", "g", "o", "c");

    private static final int FORGET = PARTS.indexOf("f");
    private static final double EPSILON = 1e-12; // of tf.contrib.layers.layer_norm

    @Override
    public LstmLayer read(LayerContent content) {
        Parameters parameters = content.parameters();
        int units = units(content);
        int rows = LstmLayer.GATES * units;
        float[] projection = projection(content, units);
        int outputs = projection == null ? units : projection.length / units;
        Tensor input = RecurrentParameters.inputWeights(parameters, rows);
        float[] bias = parameters.sum("bias_ih", "bias_hh", rows);
        LstmNormalisation norm = normalisation(content, units);
        float forgetBias = content.number(content.spec().forgetBias(), "forgetBias");
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
                options(content, units, projection, norm));
    }

    /** Returns the number of units by the rows of weight_hh, which has fewer columns if there is a projection. */
    private static int units(LayerContent content) {
        long rows = content.parameters().matrix("weight_hh").shape()[0];
        if (rows % LstmLayer.GATES != 0) {
            throw content.malformed("weight_hh must have 4 rows for each unit of the LSTM, but has " + rows);
        }
        int units = (int) (rows / LstmLayer.GATES);
        content.checkUnits(units);
        return units;
    }

    private static LstmOptions options(
            LayerContent content, int units, float @Nullable [] projection, @Nullable LstmNormalisation norm) {
        ModelSpec.Layer spec = content.spec();
        Activation activation = content.activation(spec.activation(), Activation.TANH);
        return new LstmOptions(
                activation,
                content.activation(spec.outputActivation(), activation),
                content.activation(spec.recurrentActivation(), Activation.SIGMOID),
                peepholes(content, units),
                content.number(spec.cellClip(), "cellClip"),
                projection,
                content.number(spec.projectionClip(), "projectionClip"),
                content.number(spec.clip(), "clip"),
                Boolean.TRUE.equals(spec.inputForget()),
                norm);
    }

    private static float @Nullable [] projection(LayerContent content, int units) {
        Parameters parameters = content.parameters();
        Integer stated = content.spec().projection();
        if (!parameters.has("weight_hr")) {
            if (stated != null) {
                throw content.malformed("the spec says projection, but weight_hr is missing");
            }
            return null;
        }
        Tensor weight = parameters.matrix("weight_hr");
        parameters.expect(weight, weight.shape()[0], units);
        if (stated != null && stated != weight.shape()[0]) {
            throw content.malformed(
                    "the spec says projection " + stated + ", but the tensors have " + weight.shape()[0]);
        }
        return weight.values();
    }

    private static float @Nullable [][] peepholes(LayerContent content, int units) {
        Parameters parameters = content.parameters();
        Boolean stated = content.spec().peepholes();
        if (PEEPHOLES.stream().noneMatch(parameters::has)) {
            if (Boolean.TRUE.equals(stated)) {
                throw content.malformed("the spec says peepholes, but weight_pi, weight_pf and weight_po are missing");
            }
            return null;
        }
        if (Boolean.FALSE.equals(stated)) {
            throw content.malformed(
                    "the spec says no peepholes, but the tensors have weight_pi, weight_pf or weight_po");
        }
        return PEEPHOLES.stream().map(name -> parameters.values(name, units)).toArray(float[][]::new);
    }

    private static @Nullable LstmNormalisation normalisation(LayerContent content, int units) {
        Parameters parameters = content.parameters();
        ModelSpec.Layer spec = content.spec();
        boolean present = PARTS.stream().anyMatch(part -> parameters.has(scale(part)) || parameters.has(shift(part)));
        if (!present && !Boolean.TRUE.equals(spec.layerNorm())) {
            return null;
        }
        float[][] scale = new float[PARTS.size()][];
        float[][] shift = new float[PARTS.size()][];
        for (int part = 0; part < scale.length; part++) {
            scale[part] = parameters.valuesOr(scale(PARTS.get(part)), 1f, units);
            shift[part] = parameters.valuesOr(shift(PARTS.get(part)), 0f, units).clone(); // changed by the forget bias
        }
        return new LstmNormalisation(scale, shift, spec.epsilon() == null ? EPSILON : spec.epsilon());
    }

    private static String scale(String part) {
        return "norm_" + part;
    }

    private static String shift(String part) {
        return "norm_bias_" + part;
    }

    @Override
    public void writeSpec(LstmLayer layer, ObjectNode spec) {
        LstmOptions options = layer.options();
        spec.put("units", layer.units());
        ActivationSpec.put(spec, "activation", options.activation(), Activation.TANH);
        ActivationSpec.put(spec, "outputActivation", options.outputActivation(), options.activation());
        ActivationSpec.put(spec, "recurrentActivation", options.recurrentActivation(), Activation.SIGMOID);
        if (options.peepholes() != null) {
            spec.put("peepholes", true);
        }
        SpecWriter.putLimit(spec, "cellClip", options.cellClip());
        if (options.projection() != null) {
            spec.put("projection", layer.outputSize());
        }
        SpecWriter.putLimit(spec, "projectionClip", options.projectionClip());
        SpecWriter.putLimit(spec, "clip", options.gateClip());
        if (options.inputForget()) {
            spec.put("inputForget", true);
        }
        if (options.norm() != null) {
            spec.put("layerNorm", true).put("epsilon", options.norm().epsilon());
        }
    }

    @Override
    public void writeParameters(LstmLayer layer, ParameterWriter out) {
        int units = layer.units();
        LstmOptions options = layer.options();
        RecurrentParameters.write(layer, out);
        if (options.projection() != null) {
            out.put("weight_hr", options.projection(), layer.outputSize(), units);
        }
        float[][] peepholes = options.peepholes();
        for (int gate = 0; peepholes != null && gate < PEEPHOLES.size(); gate++) {
            out.put(PEEPHOLES.get(gate), peepholes[gate], units);
        }
        LstmNormalisation norm = options.norm();
        for (int part = 0; norm != null && part < PARTS.size(); part++) {
            out.put(scale(PARTS.get(part)), norm.scale()[part], units);
            out.put(shift(PARTS.get(part)), norm.shift()[part], units);
        }
    }

    @Override
    public void describe(LstmLayer layer, LayerDescription out) {
        LstmOptions options = layer.options();
        int h = layer.outputSize();
        int c = layer.units();
        int xh = layer.inputSize() + h;
        String norm = options.norm() == null ? "" : ", each layer-normalised";
        out.vector("h", h, "hidden state, from the step before");
        out.vector("c", c, "cell state, from the step before");
        out.stacked(xh, ": what every gate reads" + norm, options.gateClip());
        if (options.projection() != null) {
            out.matrix("P", h, c);
        }
        String gate = LayerDescription.name(options.recurrentActivation());
        String candidate = LayerDescription.name(options.activation());
        String peephole = options.peepholes() == null ? "" : " + p * c";
        if (options.inputForget()) {
            out.gateWithoutWeights("f", c, "forget gate     1 - i");
        } else {
            out.gate("f", c, xh, "forget gate     " + gate + "(W_f [x; h] + b_f" + peephole + ")");
        }
        out.gate("i", c, xh, "input gate      " + gate + "(W_i [x; h] + b_i" + peephole + ")");
        out.gate("g", c, xh, "candidate       " + candidate + "(W_g [x; h] + b_g)");
        out.gate("o", c, xh, "output gate     " + gate + "(W_o [x; h] + b_o" + peephole + ")");
        String within = LayerDescription.within(options.cellClip());
        out.vector("c", c, "new cell state     f * c + i * g, element by element" + within);
        out.vector("h", h, "new hidden state   " + output(layer));
    }

    private static String output(LstmLayer layer) {
        LstmOptions options = layer.options();
        String output = "o * " + LayerDescription.name(options.outputActivation()) + "(c)";
        if (options.projection() == null) {
            return output + ", element by element";
        }
        String within = LayerDescription.within(options.projectionClip());
        return "P (%s), P %d x %d%s".formatted(output, layer.outputSize(), layer.units(), within);
    }
}
