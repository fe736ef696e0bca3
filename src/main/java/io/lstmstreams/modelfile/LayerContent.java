package io.lstmstreams.modelfile;

import com.fasterxml.jackson.databind.JsonNode;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.recurrent.Activation;
import io.lstmstreams.recurrent.Layer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The content of a model file for one layer.
 *
 * @param spec the layer's settings
 * @param parameters the layer's parameters
 * @param inputSizes the lengths of the vectors that the layer reads
 */
record LayerContent(ModelSpec.Layer spec, Parameters parameters, List<Integer> inputSizes) {
    /**
     * Builds the layer and checks its spec against the shapes of its parameters.
     *
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if spec and parameters do not fit
     * @throws IllegalArgumentException if a setting is not possible
     */
    Layer toLayer() {
        String cell = spec.cell();
        if (cell == null) {
            throw malformed("the spec must name the layer's cell");
        }
        LayerType<?> type = LayerTypes.named(cell)
                .orElseThrow(() -> new Unsupported(
                        where(), "cell " + cell + " is not supported; supported: " + LayerTypes.names()));
        Layer layer = type.read(this);
        parameters.checkAllTaken();
        return layer;
    }

    /** Returns the file and the layer, for errors. */
    String where() {
        return parameters.where();
    }

    /** Returns the number of values that the layer reads. */
    int inputSize() {
        return inputSizes.stream().mapToInt(Integer::intValue).sum();
    }

    /** Returns the activation that the spec states, or else the usual one. */
    Activation activation(@Nullable JsonNode stated, Activation usual) {
        return ActivationSpec.read(stated, usual, where());
    }

    /** Returns a limit or a summand of the spec; 0 if the spec does not state it. */
    float number(@Nullable Double stated, String name) {
        if (stated == null) {
            return 0f;
        }
        if (!Float.isFinite(stated.floatValue())) {
            throw malformed("the spec's " + name + " must be a finite number");
        }
        return stated.floatValue();
    }

    /** Checks the number of units that the parameters have against the number that the spec states, if any. */
    void checkUnits(int units) {
        Integer stated = spec.units();
        if (stated != null && stated != units) {
            throw malformed("the spec says " + stated + " units, but the tensors have " + units);
        }
    }

    /** Returns the exception for a layer whose spec and parameters contradict each other. */
    Malformed malformed(String what) {
        return new Malformed(where(), what);
    }
}
