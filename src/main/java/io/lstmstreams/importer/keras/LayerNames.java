package io.lstmstreams.importer.keras;

import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.util.Locale;
import java.util.Set;

/**
 * The names of layers in a file of weights alone. Keras names a layer by its class, such as {@code lstm_1}, unless the
 * user does; a layer without weights is known only by its name.
 */
final class LayerNames {
    private static final Set<String> INPUTS = Set.of("input", "input_layer");
    private static final Set<String> VANISHING = Set.of(
            "dropout",
            "spatial_dropout1d",
            "gaussian_noise",
            "gaussian_dropout",
            "alpha_dropout",
            "activity_regularization",
            "identity");
    private static final Set<String> ACTIVATIONS =
            Set.of("activation", "softmax", "re_lu", "leaky_re_lu", "elu", "thresholded_re_lu");
    private static final Set<String> OPTIONS_UNKNOWN = Set.of(
            "masking",
            "flatten",
            "reshape",
            "rescaling",
            "time_distributed",
            "add",
            "concatenate",
            "multiply",
            "merge",
            "average",
            "subtract",
            "maximum",
            "minimum",
            "dot",
            "normalization",
            "unit_normalization");
    static final String GIVE_CONFIGURATION =
            "put the output of model.to_json() beside the file, as a file of the same" + " name that ends in .json";

    private LayerNames() {}

    /** The part that a layer without weights plays in a chain. */
    enum Part {
        /** An input of a functional model. */
        INPUT,
        /** A layer that does nothing at inference. */
        NOTHING,
        /** A layer that only applies an activation. */
        ACTIVATION,
        /** A layer whose class the name does not tell. */
        UNKNOWN
    }

    /** Returns the class in a layer's automatic name, in lower case: {@code lstm} of {@code lstm_1}. */
    static String kind(String name) {
        return name.replaceFirst("_\\d+$", "");
    }

    /**
     * Returns the part of a layer without weights.
     *
     * @throws Unsupported if the name tells a class that cannot run one step at a time, or whose options are needed
     */
    static Part withoutWeights(String name, String file) {
        String kind = kind(name);
        if (INPUTS.contains(kind)) {
            return Part.INPUT;
        }
        if (VANISHING.contains(kind)) {
            return Part.NOTHING;
        }
        if (ACTIVATIONS.contains(kind)) {
            return Part.ACTIVATION;
        }
        refuse(name, file);
        if (OPTIONS_UNKNOWN.contains(kind)) {
            throw new Unsupported(
                    file + ": layer " + name,
                    "has options or inputs that a file of weights does not state; " + GIVE_CONFIGURATION);
        }
        return Part.UNKNOWN;
    }

    /** Refuses a layer whose name tells a class that cannot run one step at a time. */
    static void refuse(String name, String file) {
        String className = className(kind(name));
        Layer layer = new Layer(
                className,
                name,
                KerasJson.newObject(),
                false,
                file + ": layer " + name + " (" + className + " by its name)");
        if (Refusals.cannotStream(className) && !kind(name).equals("conv1d")) { // its kernel tells the number of steps
            throw Refusals.of(layer);
        }
    }

    /** Returns {@code RepeatVector} for {@code repeat_vector}. */
    private static String className(String kind) {
        StringBuilder name = new StringBuilder();
        for (String word : kind.split("_")) {
            name.append(word.isEmpty() ? "" : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
        }
        return name.toString().replaceFirst("([123])d$", "$1D");
    }
}
