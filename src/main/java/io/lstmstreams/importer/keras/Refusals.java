package io.lstmstreams.importer.keras;

import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import org.jspecify.annotations.Nullable;

/** The reasons why layers are refused: they cannot run one step at a time, or are not supported. */
final class Refusals {
    private Refusals() {}

    /** Refuses a model with an unsupported layer, before all other checks. */
    static void check(ModelGraph graph) {
        for (ModelGraph.Call call : graph.calls()) {
            Layer layer = call.layer();
            boolean known =
                    layer.className().equals("InputLayer") || layer.operation() || LayerClasses.isTranslated(layer);
            if (!known) {
                throw of(layer);
            }
        }
    }

    /** Returns whether the layers of a class need several steps, the end of a sequence, or unknown code. */
    static boolean cannotStream(String className) {
        return switch (className) {
            case "Bidirectional", "RepeatVector", "Lambda", "Permute" -> true;
            default -> reasonOfFamily(className) != null;
        };
    }

    static Unsupported of(Layer layer) {
        String name = layer.className();
        return layer.unsupported(
                switch (name) {
                    case "Bidirectional" ->
                        "requires the whole sequence, its end first, and cannot run one step at a time";
                    case "RepeatVector" ->
                        "repeats a vector as the steps of a decoder, which cannot run one step at a time";
                    case "Lambda" ->
                        "contains Python code, which is never run; replace it by layers of Keras and save again";
                    case "Conv1D" ->
                        "is a convolution over steps (kernel_size "
                                + layer.config().path("kernel_size") + ", strides "
                                + (layer.config().has("strides")
                                        ? layer.config().path("strides")
                                        : "[1]")
                                + ", data_format "
                                + layer.config().path("data_format").asText("channels_last")
                                + ") and cannot run one step at a time; only kernel_size 1 with strides 1 can";
                    case "QuantizeWrapper", "QuantizeWrapperV2", "QuantizeLayer" ->
                        "belongs to quantisation-aware training; save the model before it is quantised";
                    case "Permute" -> "swaps steps and features, which requires the whole sequence";
                    case "TimeDistributed" ->
                        "applies "
                                + layer.config()
                                        .path("layer")
                                        .path("class_name")
                                        .asText("?") + " to each step, which is not supported";
                    case "Sequential", "Functional", "Model" ->
                        "is a model inside a model, which is not supported; add its layers to the outer model and save"
                                + " again";
                    case "Merge" ->
                        "merges in the mode " + layer.config().path("mode").asText("?") + ", which is not supported";
                    default -> {
                        String reason = reasonOfFamily(name);
                        yield reason == null ? "is a layer of a class that is not supported" : reason;
                    }
                });
    }

    private static @Nullable String reasonOfFamily(String name) {
        if (name.startsWith("ConvLSTM")) {
            return "has a convolution over an image as its cell, but a step must read a vector";
        }
        if (name.matches("(Separable|Depthwise)?Conv(olution)?1[Dd](Transpose)?")) {
            return "is a convolution over several steps and cannot run one step at a time";
        }
        if (name.contains("Conv")) {
            return "is a convolution over images or volumes, but a step must read a vector";
        }
        if (name.contains("Pooling")) {
            return name.matches(".*1[Dd]")
                    ? "pools over several steps and cannot run one step at a time"
                    : "pools over images or volumes, but a step must read a vector";
        }
        if (name.contains("Attention")) {
            return "attends to several steps and cannot run one step at a time";
        }
        if (name.startsWith("Zero") || name.startsWith("Cropping") || name.startsWith("UpSampling")) {
            return "changes the number of steps and cannot run one step at a time";
        }
        return null;
    }
}
