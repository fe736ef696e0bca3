package io.lstmstreams.modelfile;

import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.Tensor;
import io.lstmstreams.recurrent.Activation;
import io.lstmstreams.recurrent.ActivationLayer;
import io.lstmstreams.recurrent.DenseLayer;
import io.lstmstreams.recurrent.EmbeddingLayer;
import io.lstmstreams.recurrent.GruLayer;
import io.lstmstreams.recurrent.GruLayer.GruOptions;
import io.lstmstreams.recurrent.Layer;
import io.lstmstreams.recurrent.MergeLayer;
import io.lstmstreams.recurrent.NormalisationLayer;
import io.lstmstreams.recurrent.RnnLayer;
import io.lstmstreams.recurrent.ScaleLayer;
import io.lstmstreams.recurrent.SliceLayer;
import java.util.List;

/** Builds a layer from its spec and its parameters, and checks the spec against the tensors' shapes. */
final class LayerAssembler {
    /** PyTorch's default epsilon of a normalisation. */
    private static final double EPSILON = 1e-5;

    private final ModelSpec.Layer spec;
    private final Parameters parameters;
    private final List<Integer> sizes; // of the layer's inputs

    LayerAssembler(ModelSpec.Layer spec, Parameters parameters, List<Integer> sizes) {
        this.spec = spec;
        this.parameters = parameters;
        this.sizes = sizes;
    }

    Layer assemble() {
        if (spec.cell() == null) {
            throw new Malformed(parameters.where(), "the spec must name the layer's cell");
        }
        Layer layer = switch (spec.cell()) {
            case "lstm" -> new LstmAssembler(spec, parameters).assemble();
            case "gru" -> gru();
            case "rnn" -> rnn();
            case "dense" -> dense();
            case "embedding" -> embedding();
            case "batch_norm" -> batchNormalisation();
            case "layer_norm" -> layerNormalisation();
            case "activation" ->
                new ActivationLayer(size(), ActivationSpec.read(spec.activation(), Activation.LINEAR, where()));
            case "add" -> new MergeLayer(MergeLayer.Kind.ADD, sizes);
            case "multiply" -> new MergeLayer(MergeLayer.Kind.MULTIPLY, sizes);
            case "concat" -> new MergeLayer(MergeLayer.Kind.CONCAT, sizes);
            case "slice" -> new SliceLayer(size(), orZero(spec.offset()), orZero(spec.units()));
            default ->
                throw new Unsupported(
                        where(),
                        "cell " + spec.cell() + " is not supported; supported: lstm, gru, rnn, dense, embedding,"
                                + " batch_norm, layer_norm, activation, add, multiply, concat and slice");
        };
        parameters.checkAllTaken();
        return layer;
    }

    private String where() {
        return parameters.where();
    }

    private int size() {
        return sizes.stream().mapToInt(Integer::intValue).sum();
    }

    private static int orZero(Integer value) {
        return value == null ? 0 : value;
    }

    private GruLayer gru() {
        Tensor hidden = parameters.matrix("weight_hh");
        int units = (int) hidden.shape()[1];
        int rows = Math.multiplyExact(GruLayer.GATES, units);
        parameters.expect(hidden, rows, units);
        Tensor input = inputWeights(rows);
        checkUnits(units, spec.units());
        boolean after = !Boolean.FALSE.equals(spec.resetAfter());
        float[] bias = parameters.sum("bias_ih", "bias_hh", rows);
        float[] candidateBias = new float[units];
        if (after) {
            System.arraycopy(parameters.valuesOr("bias_ih", 0f, rows), 2 * units, bias, 2 * units, units);
            System.arraycopy(parameters.valuesOr("bias_hh", 0f, rows), 2 * units, candidateBias, 0, units);
        }
        GruOptions options = new GruOptions(
                ActivationSpec.read(spec.activation(), Activation.TANH, where()),
                ActivationSpec.read(spec.recurrentActivation(), Activation.SIGMOID, where()),
                after,
                number(spec.clip(), "clip", where()));
        return new GruLayer(
                (int) input.shape()[1],
                units,
                input.values(),
                hidden.values(),
                parameters.finite(bias, "the biases' sum"),
                candidateBias,
                options);
    }

    private RnnLayer rnn() {
        Tensor hidden = parameters.matrix("weight_hh");
        int units = (int) hidden.shape()[1];
        parameters.expect(hidden, units, units);
        Tensor input = inputWeights(units);
        checkUnits(units, spec.units());
        return new RnnLayer(
                (int) input.shape()[1],
                units,
                input.values(),
                hidden.values(),
                parameters.finite(parameters.sum("bias_ih", "bias_hh", units), "the biases' sum"),
                ActivationSpec.read(spec.activation(), Activation.TANH, where()),
                number(spec.clip(), "clip", where()));
    }

    private Tensor inputWeights(int rows) {
        Tensor input = parameters.matrix("weight_ih");
        parameters.expect(input, rows, input.shape()[1]);
        return input;
    }

    private DenseLayer dense() {
        Tensor weight = parameters.matrix("weight");
        int outputs = (int) weight.shape()[0];
        checkUnits(outputs, spec.units());
        return new DenseLayer(
                (int) weight.shape()[1],
                outputs,
                weight.values(),
                parameters.valuesOr("bias", 0f, outputs),
                ActivationSpec.read(spec.activation(), Activation.LINEAR, where()));
    }

    private EmbeddingLayer embedding() {
        Tensor weight = parameters.matrix("weight");
        int size = (int) weight.shape()[1];
        if (spec.size() != null && spec.size() != size) {
            throw new Malformed(where(), "the spec says size " + spec.size() + ", but the tensors have " + size);
        }
        return new EmbeddingLayer(
                (int) weight.shape()[0],
                size,
                orZero(spec.offset()),
                weight.values(),
                Boolean.TRUE.equals(spec.maskZero()));
    }

    /** Inference computes {@code y = weight * (x - mean) / sqrt(var + epsilon) + bias}. */
    private ScaleLayer batchNormalisation() {
        int size = size();
        float[] mean = parameters.values("running_mean", size);
        float[] variance = parameters.values("running_var", size);
        float[] weight = parameters.valuesOr("weight", 1f, size);
        float[] bias = parameters.valuesOr("bias", 0f, size);
        double epsilon = spec.epsilon() == null ? EPSILON : spec.epsilon();
        float[] scale = new float[size];
        float[] shift = new float[size];
        for (int k = 0; k < size; k++) {
            double factor = weight[k] / Math.sqrt(variance[k] + epsilon);
            scale[k] = (float) factor;
            shift[k] = (float) (bias[k] - mean[k] * factor);
        }
        parameters.finite(scale, "weight / sqrt(running_var + epsilon)");
        return new ScaleLayer(scale, parameters.finite(shift, "bias - running_mean * scale"));
    }

    private NormalisationLayer layerNormalisation() {
        int size = size();
        return new NormalisationLayer(
                parameters.valuesOr("weight", 1f, size),
                parameters.valuesOr("bias", 0f, size),
                spec.epsilon() == null ? EPSILON : spec.epsilon());
    }

    private void checkUnits(int units, Integer stated) {
        if (stated != null && stated != units) {
            throw new Malformed(where(), "the spec says " + stated + " units, but the tensors have " + units);
        }
    }

    /** Returns a limit or a summand of a spec; 0 if the spec does not state it. */
    static float number(Double value, String name, String where) {
        if (value == null) {
            return 0f;
        }
        if (!Float.isFinite(value.floatValue())) {
            throw new Malformed(where, "the spec's " + name + " must be a finite number");
        }
        return value.floatValue();
    }
}
