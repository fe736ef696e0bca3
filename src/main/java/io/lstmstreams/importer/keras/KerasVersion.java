package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * The version of Keras that wrote a file, and its defaults (release notes of Keras 2.3.0; {@code recurrent_v2.py} of
 * TensorFlow 2).
 *
 * @param generation the major version: 1, 2 or 3
 * @param stated the version in the file, such as {@code 2.2.4-tf}; empty if the file does not state it
 */
record KerasVersion(int generation, String stated) {
    private static final String OF_TENSORFLOW_1_OR_2 = "2.2.4-tf"; // of TensorFlow 1.13 to 1.15, 2.0 and 2.1
    private static final String SIGMOID = "sigmoid";
    private static final String HARD_SIGMOID = "hard_sigmoid";

    /**
     * Returns the version that a file states, or else a version with the major number that the configuration suggests.
     *
     * @param version the version in the file, if stated
     * @param config the configuration, if there is one
     */
    static KerasVersion of(@Nullable String version, @Nullable JsonNode config) {
        return new KerasVersion(KerasJson.generation(version, config), version == null ? "" : version);
    }

    /** Returns the name of the version, for the origin of a default. */
    String writer() {
        return stated.isEmpty() ? "Keras " + generation : "Keras " + stated + ", which wrote the file";
    }

    /** Returns the default of the gates' activation, or null if the version does not determine it. */
    @Nullable
    String recurrentActivation() {
        if (generation != 2) {
            return generation == 1 ? HARD_SIGMOID : SIGMOID;
        }
        return isBefore2Point3() ? HARD_SIGMOID : isAmbiguous() ? null : SIGMOID;
    }

    /** Returns the default of a GRU's {@code reset_after}, or null if the version does not determine it. */
    @Nullable
    Boolean resetAfter() {
        if (generation != 2) {
            return generation == 3;
        }
        if (isAmbiguous()) {
            return null;
        }
        boolean ofTensorFlow = stated.endsWith("-tf") || minor() >= 4;
        return ofTensorFlow && !isBefore2Point3();
    }

    private boolean isAmbiguous() {
        return stated.isEmpty() || stated.equals(OF_TENSORFLOW_1_OR_2) || minor() < 0;
    }

    private boolean isBefore2Point3() {
        return !isAmbiguous() && minor() < 3;
    }

    private int minor() {
        String digits = stated.replaceFirst("^\\d+\\.(\\d{1,4})(\\D.*)?$", "$1");
        return digits.matches("\\d{1,4}") ? Integer.parseInt(digits) : -1;
    }
}
