package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import io.lstmstreams.importer.draft.DraftLayer;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Translates Keras' preprocessing layers that scale each feature by constants: Normalization and Rescaling
 * (keras/src/layers/preprocessing/normalization.py, rescaling.py). Each becomes normalisations by stored statistics.
 */
final class AffineLayers {
    private static final float SMALLEST_DEVIATION = 1e-7f; // keras.config.epsilon()

    private final Weights weights;

    AffineLayers(Weights weights) {
        this.weights = weights;
    }

    /** Returns whether a layer scales or shifts each feature by a number of its own. */
    static boolean isRescalingOfFeatures(Layer layer) {
        return layer.className().equals("Rescaling")
                && (values(layer.config().path("scale")).isArray()
                        || values(layer.config().path("offset")).isArray());
    }

    /** Returns the number or numbers of an option; Keras wraps arrays of numpy in an object. */
    private static JsonNode values(JsonNode option) {
        JsonNode wrapped = option.path("config").path("value");
        JsonNode plain = wrapped.isMissingNode() ? option.path("value") : wrapped;
        return plain.isMissingNode() ? option : plain;
    }

    List<DraftLayer> rescaling(Layer layer, long inputs) {
        int size = size(layer, inputs);
        return List.of(scaled(layer, numbers(layer, "scale", 1, size), numbers(layer, "offset", 0, size)));
    }

    /**
     * Returns {@code (x - mean) / sqrt(variance)} as a shift and a factor, because one product and sum would lose the
     * digits of a large mean; inverted, {@code x * sqrt(variance) + mean}.
     */
    List<DraftLayer> normalization(Layer layer, long inputs, int rank) {
        JsonNode axis = layer.config().path("axis");
        boolean scalar = axis.isNull() || axis.isArray() && axis.isEmpty();
        if (!scalar && !layer.isLastAxis(axis, rank)) {
            throw layer.unsupported("must have one mean and variance for each feature, but normalises along axis "
                    + axis + ", so that each step has its own");
        }
        int size;
        float[] mean;
        float[] variance;
        JsonNode stated = layer.config().path("mean");
        if (stated.isMissingNode() || stated.isNull()) {
            List<Tensor> arrays = weights.take(layer, "", List.of("mean", "variance"));
            size = size(layer, inputs < 0 && !scalar ? arrays.get(0).values().length : inputs);
            mean = numbers(layer, arrays.get(0), size);
            variance = numbers(layer, arrays.get(1), size);
        } else {
            size = size(layer, inputs);
            mean = numbers(layer, "mean", 0, size);
            variance = numbers(layer, "variance", 1, size);
        }
        float[] deviation = new float[size];
        for (int k = 0; k < size; k++) {
            if (variance[k] < 0) {
                throw layer.malformed("must have variances of at least 0, but element " + k + " is " + variance[k]);
            }
            deviation[k] = Math.max((float) Math.sqrt(variance[k]), SMALLEST_DEVIATION);
        }
        if (layer.flag("invert", false)) {
            return List.of(scaled(layer, deviation, mean));
        }
        float[] shift = new float[size];
        float[] factor = new float[size];
        for (int k = 0; k < size; k++) {
            shift[k] = -mean[k];
            factor[k] = (float) (1.0 / deviation[k]);
        }
        return List.of(scaled(layer, filled(size, 1), shift), scaled(layer, factor, filled(size, 0)));
    }

    private static DraftLayer scaled(Layer layer, float[] scale, float[] shift) {
        int size = scale.length;
        Map<String, Tensor> parameters = Map.of(
                "weight", tensor(layer, "scale", scale),
                "bias", tensor(layer, "shift", shift),
                "running_mean", tensor(layer, "mean", filled(size, 0)),
                "running_var", tensor(layer, "variance", filled(size, 1)));
        return new DraftLayer(KerasJson.newObject().put("cell", "batch_norm").put("epsilon", 0.0), parameters, size);
    }

    private static Tensor tensor(Layer layer, String name, float[] values) {
        return new Tensor(layer.name() + "/" + name, new long[] {values.length}, values);
    }

    private static float[] filled(int size, float value) {
        float[] values = new float[size];
        Arrays.fill(values, value);
        return values;
    }

    private static int size(Layer layer, long inputs) {
        if (inputs < 1 || inputs > Integer.MAX_VALUE) {
            throw layer.unsupported("reads an input of unknown size; give the model's input a shape and save it again");
        }
        return (int) inputs;
    }

    private static float[] numbers(Layer layer, Tensor tensor, int size) {
        if (tensor.values().length != size && tensor.values().length != 1) {
            throw layer.malformed(
                    "must have " + tensor.name() + " of " + size + " numbers, but it has shape " + tensor.shapeText());
        }
        return tensor.values().length == size ? tensor.values() : filled(size, tensor.values()[0]);
    }

    private static float[] numbers(Layer layer, String key, double otherwise, int size) {
        JsonNode numbers = values(layer.config().path(key));
        while (numbers.size() == 1 && numbers.path(0).isArray()) { // leading dimensions of size 1
            numbers = numbers.path(0);
        }
        if (!numbers.isArray()) {
            return filled(size, (float) layer.number(key, otherwise));
        }
        if (numbers.size() != size && numbers.size() != 1) {
            throw layer.unsupported(
                    "must have a " + key + " for each of " + size + " features, but has " + numbers.size());
        }
        float[] values = new float[size];
        for (int k = 0; k < size; k++) {
            JsonNode number = numbers.path(numbers.size() == 1 ? 0 : k);
            values[k] = number.isNumber() ? number.floatValue() : Float.NaN;
            if (!Float.isFinite(values[k])) {
                throw layer.malformed("must have finite numbers as its " + key + ", but has " + number);
            }
        }
        return values;
    }
}
