package io.lstmstreams.importer.keras;

import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;

/** The reasons why layers are refused: they cannot run one step at a time, or are not supported. */
final class Refusals {
    private Refusals() {}

    /** Refuses a model with an unsupported layer, before all other checks. */
    static void check(ModelGraph graph) {
        for (ModelGraph.Call call : graph.calls()) {
            Layer layer = call.layer();
            boolean known =
                    layer.className().equals("InputLayer") || layer.operation() || GraphTranslator.isTranslated(layer);
            if (!known) {
                throw of(layer);
            }
        }
    }

    static Unsupported of(Layer layer) {
        String name = layer.className();
        return layer.unsupported(
                switch (name) {
                    case "Bidirectional" ->
                        "requires the whole sequence, its end first, and cannot run one step at a time";
                    case "RepeatVector" ->
                        "repeats a summary of the whole sequence for a decoder and cannot run one step at a time";
                    case "Lambda" -> "contains Python code, which is never run";
                    case "Permute" -> "swaps steps and features, which requires the whole sequence";
                    case "TimeDistributed" ->
                        "applies "
                                + layer.config()
                                        .path("layer")
                                        .path("class_name")
                                        .asText("?") + " to each step, which is not supported";
                    case "Sequential", "Functional", "Model" -> "is a model inside a model, which is not supported";
                    case "Merge" ->
                        "merges in the mode " + layer.config().path("mode").asText("?") + ", which is not supported";
                    default -> ofFamily(name);
                });
    }

    private static String ofFamily(String name) {
        if (name.contains("Conv")) {
            return "is a convolution over several steps and cannot run one step at a time";
        }
        if (name.contains("Pooling")) {
            return "pools over several steps and cannot run one step at a time";
        }
        if (name.contains("Attention")) {
            return "attends to the whole sequence and cannot run one step at a time";
        }
        if (name.startsWith("Zero") || name.startsWith("Cropping") || name.startsWith("UpSampling")) {
            return "changes the number of steps and cannot run one step at a time";
        }
        return "is a layer of a class that is not supported";
    }
}
