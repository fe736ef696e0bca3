package io.lstmstreams.modelfile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.recurrent.Layer;

/**
 * A layer type: reads, writes and describes the layers that a spec names by one {@code cell}. To add a layer type,
 * implement this interface and add a line to {@link LayerTypes}. Immutable.
 *
 * @param <L> the layers of this type
 */
interface LayerType<L extends Layer> {
    /**
     * Builds a layer and checks its spec against the shapes of its parameters.
     *
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if spec and parameters do not fit
     * @throws IllegalArgumentException if a setting is not possible
     */
    L read(LayerContent content);

    /** Adds the layer's settings to its spec, without settings that have their default. */
    void writeSpec(L layer, ObjectNode spec);

    /** Writes the layer's parameters. */
    void writeParameters(L layer, ParameterWriter out);

    /**
     * Describes every vector that the layer carries from step to step or computes, in the order of the arithmetic. The
     * description has x already.
     */
    void describe(L layer, LayerDescription out);

    /** A layer type without parameters: only a spec can name its layers. */
    interface WithoutParameters<L extends Layer> extends LayerType<L> {
        @Override
        default void writeParameters(L layer, ParameterWriter out) {}
    }
}
