package io.lstmstreams.modelfile;

import io.lstmstreams.recurrent.Layer;
import io.lstmstreams.recurrent.MergeLayer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The table of the layer types that a model file can hold, by the name that {@code cell} has in a spec. */
public final class LayerTypes {
    private static final Map<String, LayerType<?>> BY_CELL = table();

    private LayerTypes() {}

    private static Map<String, LayerType<?>> table() {
        Map<String, LayerType<?>> types = new LinkedHashMap<>();
        types.put("lstm", new LstmType());
        types.put("gru", new GruType());
        types.put("rnn", new RnnType());
        types.put("dense", new DenseType());
        types.put("embedding", new EmbeddingType());
        types.put("batch_norm", new BatchNormType());
        types.put("layer_norm", new LayerNormType());
        types.put("activation", new ActivationType());
        types.put("add", new MergeType(MergeLayer.Kind.ADD));
        types.put("multiply", new MergeType(MergeLayer.Kind.MULTIPLY));
        types.put("concat", new MergeType(MergeLayer.Kind.CONCAT));
        types.put("slice", new SliceType());
        return Collections.unmodifiableMap(types);
    }

    /** Returns whether the layers with this name have no parameters, so that only a spec can name them. */
    public static boolean isWithoutParameters(String cell) {
        return BY_CELL.get(cell) instanceof LayerType.WithoutParameters;
    }

    /** Returns the type with this name, if the table has one. */
    static Optional<LayerType<?>> named(String cell) {
        return Optional.ofNullable(BY_CELL.get(cell));
    }

    /** Returns the type of a layer. */
    @SuppressWarnings("unchecked") // a layer's name in a spec determines its class
    static <L extends Layer> LayerType<L> of(L layer) {
        return (LayerType<L>) named(layer.specName()).orElseThrow();
    }

    /** Returns all names for an error: {@code lstm, gru, ... and slice}. */
    static String names() {
        List<String> names = List.copyOf(BY_CELL.keySet());
        int last = names.size() - 1;
        return String.join(", ", names.subList(0, last)) + " and " + names.get(last);
    }
}
