package io.lstmstreams.modelfile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.recurrent.ScaleLayer;
import java.util.Arrays;

/**
 * Batch normalisations. Inference computes
 * {@code y = weight * (x - running_mean) / sqrt(running_var + epsilon) + bias}, which is {@code scale * x + shift}. A
 * saved layer has scale and shift as weight and bias, with mean 0, variance 1 and epsilon 0.
 */
final class BatchNormType implements LayerType<ScaleLayer> {
    private static final double EPSILON = 1e-5; // PyTorch's default

    @Override
    public ScaleLayer read(LayerContent content) {
        Parameters parameters = content.parameters();
        int size = content.inputSize();
        float[] mean = parameters.values("running_mean", size);
        float[] variance = parameters.values("running_var", size);
        float[] weight = parameters.valuesOr("weight", 1f, size);
        float[] bias = parameters.valuesOr("bias", 0f, size);
        Double stated = content.spec().epsilon();
        double epsilon = stated == null ? EPSILON : stated;
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

    @Override
    public void writeSpec(ScaleLayer layer, ObjectNode spec) {
        spec.put("epsilon", 0.0);
    }

    @Override
    public void writeParameters(ScaleLayer layer, ParameterWriter out) {
        int size = layer.outputSize();
        float[] ones = new float[size];
        Arrays.fill(ones, 1f);
        out.put("weight", layer.scale(), size);
        out.put("bias", layer.shift(), size);
        out.put("running_mean", new float[size], size);
        out.put("running_var", ones, size);
    }

    @Override
    public void describe(ScaleLayer layer, LayerDescription out) {
        out.vector("y", layer.outputSize(), layer.specName());
    }
}
