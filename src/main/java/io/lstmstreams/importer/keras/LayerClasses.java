package io.lstmstreams.importer.keras;

/** The classes of Keras' layers by their meaning for the translation. */
final class LayerClasses {
    private LayerClasses() {}

    /** Returns whether a layer does nothing at inference. */
    static boolean vanishes(Layer layer) {
        return switch (layer.className()) {
            case "Dropout",
                    "SpatialDropout1D",
                    "GaussianNoise",
                    "GaussianDropout",
                    "AlphaDropout",
                    "ActivityRegularization",
                    "Identity" -> true;
            default -> false;
        };
    }

    /** Returns whether a layer's class is supported, whatever its options. */
    static boolean isTranslated(Layer layer) {
        return switch (layer.className()) {
            case "Embedding", "RNN", "Flatten", "Reshape", "Normalization", "Masking" -> true;
            case "TimeDistributed" ->
                StatelessLayers.isDense(layer)
                        || StatelessLayers.isNormalization(layer)
                        || isStepwise(layer.inner("layer"));
            default ->
                RecurrentLayers.isLayer(layer.className())
                        || StatelessLayers.isDense(layer)
                        || StatelessLayers.isNormalization(layer)
                        || Merges.isMerge(layer)
                        || Activations.isLayer(layer.className())
                        || vanishes(layer);
        };
    }

    /** Returns the layer inside a wrapper if that layer works on each step anyway, otherwise the layer itself. */
    static Layer unwrapped(Layer layer) {
        if (layer.className().equals("TimeDistributed")) {
            Layer inner = layer.inner("layer");
            return isStepwise(inner) ? inner : layer;
        }
        return layer;
    }

    private static boolean isStepwise(Layer inner) {
        return vanishes(inner) || Activations.isLayer(inner.className());
    }
}
