package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.Draft;
import io.lstmstreams.importer.draft.DraftHead;
import io.lstmstreams.importer.draft.DraftLayer;
import io.lstmstreams.importer.keras.ModelGraph.Call;
import io.lstmstreams.importer.keras.ModelGraph.Ref;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Translates a graph of Keras' layers into a draft's layers and heads. Not thread-safe. */
final class GraphTranslator {
    private final String file;
    private final ModelGraph graph;
    private final RecurrentLayers recurrent;
    private final StatelessLayers plain;
    private final Activations activations;
    private final Map<String, ModelInput> inputs;
    private final Draft draft;
    private final Map<Ref, Call> calls = new HashMap<>();
    private final Map<Ref, GraphValue> values = new HashMap<>();
    private final Map<ModelInput, GraphValue> slices = new HashMap<>();
    private final Map<String, List<DraftLayer>> cells =
            new HashMap<>(); // by layer: all calls of a layer share its cells
    private boolean recurrentSeen;
    private boolean stateful;
    private boolean masked;
    private long inputWidth;

    GraphTranslator(String file, int generation, ModelGraph graph, Weights weights) {
        this.file = file;
        this.draft = new Draft(file);
        this.graph = graph;
        this.recurrent = new RecurrentLayers(generation, weights);
        this.plain = new StatelessLayers(generation, weights);
        this.activations = new Activations(generation);
        this.inputs = ModelInput.of(graph);
        this.inputWidth = inputs.values().stream().mapToLong(ModelInput::width).sum();
        graph.calls().forEach(call -> calls.put(call.ref(), call));
    }

    Draft translate() {
        List<Head> heads = new ArrayList<>();
        Set<Ref> ofHeads = new HashSet<>();
        graph.outputs().forEach(output -> {
            Head head = Head.of(output, graph, this);
            heads.add(head);
            ofHeads.addAll(head.calls());
        });
        for (Call call : graph.calls()) {
            if (!ofHeads.contains(call.ref())) {
                values.put(call.ref(), value(call));
            }
        }
        heads.forEach(this::head);
        if (!recurrentSeen) {
            throw new Unsupported(file, "does not contain a recurrent layer");
        }
        new InputAndExecution(draft, List.copyOf(inputs.values()), inputWidth).write(stateful, masked);
        return draft;
    }

    /** Returns the call whose output a reference names. The reader of the graph has checked that there is one. */
    Call call(Ref ref) {
        return Optional.ofNullable(calls.get(ref)).orElseThrow();
    }

    /** Returns a value that has been translated, because calls are sorted. */
    private GraphValue value(Ref ref) {
        return Optional.ofNullable(values.get(ref)).orElseThrow();
    }

    private void head(Head head) {
        GraphValue from = plainValue(value(head.from()));
        Call call = head.dense();
        if (call == null) {
            draft.addHead(new DraftHead(
                    head.name(),
                    head.activationOrLinear(),
                    null,
                    from.position(),
                    Map.of(),
                    from.width(),
                    "output " + head.name()));
            return;
        }
        Layer layer = call.layer();
        DraftLayer dense =
                cells(layer, () -> List.of(plain.dense(layer, from.width()))).get(0);
        boolean own = head.activation() == null;
        boolean assumed = own && !dense.assumptions().isEmpty();
        draft.addHead(new DraftHead(
                head.name(),
                own ? dense.spec().path("activation") : head.activation(),
                assumed ? dense.assumptions().get(0).origin() : null,
                from.position(),
                dense.parameters(),
                dense.outputs(),
                "layer " + layer.name()));
    }

    static boolean vanishes(Layer layer) {
        return switch (layer.className()) {
            case "Dropout",
                    "SpatialDropout1D",
                    "GaussianNoise",
                    "GaussianDropout",
                    "AlphaDropout",
                    "ActivityRegularization",
                    "Identity",
                    "Masking" -> true;
            default -> false;
        };
    }

    /** Returns whether a layer's class is supported, whatever its options. */
    static boolean isTranslated(Layer layer) {
        return switch (layer.className()) {
            case "Embedding", "RNN", "Flatten", "Reshape" -> true;
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
    Layer unwrapped(Layer layer) {
        if (layer.className().equals("TimeDistributed")) {
            Layer inner = layer.inner("layer");
            return isStepwise(inner) ? inner : layer;
        }
        return layer;
    }

    private static boolean isStepwise(Layer inner) {
        return vanishes(inner) || Activations.isLayer(inner.className());
    }

    boolean isLinear(Layer dense) {
        return plain.isLinear(dense);
    }

    JsonNode activation(Layer layer) {
        return activations.ofLayer(layer);
    }

    static Ref only(Call call) {
        if (call.inputs().size() != 1) {
            throw call.layer().unsupported("reads " + call.inputs().size() + " layers, but only one is supported");
        }
        return call.inputs().get(0);
    }

    private GraphValue value(Call call) {
        Layer layer = unwrapped(call.layer());
        if (layer.className().equals("InputLayer")) {
            ModelInput input = inputs.get(layer.name());
            if (input == null || !call.inputs().isEmpty()) {
                throw layer.malformed("must be an input of the model, but is not");
            }
            return new GraphValue(-1, input.width(), input.steps(), false, input);
        }
        if (Merges.isMerge(layer)) {
            List<GraphValue> read = new ArrayList<>();
            call.inputs().forEach(ref -> read.add(plainValue(value(ref))));
            DraftLayer cell = Merges.of(layer, read);
            boolean anyMasked = read.stream().anyMatch(GraphValue::masked);
            int position =
                    draft.addLayer(cell, read.stream().map(GraphValue::position).toList());
            return new GraphValue(position, cell.outputs(), read.get(0).steps(), anyMasked, null);
        }
        if (layer.operation()) {
            throw layer.unsupported("is a function that is not supported");
        }
        GraphValue read = value(only(call));
        return switch (layer.className()) {
            case "Embedding" -> embedding(layer, read);
            case "LSTM", "GRU", "SimpleRNN", "CuDNNLSTM", "CuDNNGRU", "RNN" -> recurrent(layer, plainValue(read));
            case "Flatten", "Reshape" -> reshaped(layer, read);
            case "Masking" -> masking(layer, read);
            default -> other(call, layer, read);
        };
    }

    private GraphValue other(Call call, Layer layer, GraphValue read) {
        if (vanishes(layer)) {
            return read;
        }
        if (Activations.isLayer(layer.className())) {
            return activated(call, layer, read);
        }
        if (StatelessLayers.isDense(layer)) {
            return one(layer, read, from -> plain.dense(layer, from.width()));
        }
        if (StatelessLayers.isNormalization(layer)) {
            return one(layer, read, from -> plain.normalization(layer, from.width(), from.rank()));
        }
        throw Refusals.of(layer);
    }

    private interface OneCell {
        DraftLayer reading(GraphValue from);
    }

    private GraphValue one(Layer layer, GraphValue read, OneCell maker) {
        GraphValue from = plainValue(read);
        DraftLayer cell = cells(layer, () -> List.of(maker.reading(from))).get(0);
        learnInputWidth(from, cell);
        return GraphValue.of(draft.addLayer(cell, List.of(from.position())), cell.outputs(), from);
    }

    private List<DraftLayer> cells(Layer layer, Supplier<List<DraftLayer>> maker) {
        List<DraftLayer> known = cells.get(layer.name());
        if (known == null) {
            known = maker.get();
            cells.put(layer.name(), known);
        }
        return known;
    }

    private void learnInputWidth(GraphValue from, DraftLayer cell) {
        if (from.position() == -1 && inputWidth < 0) {
            Tensor matrix = cell.parameters()
                    .getOrDefault("weight_ih", cell.parameters().get("weight"));
            if (matrix != null) {
                inputWidth = matrix.shape()[matrix.shape().length - 1];
            }
        }
    }

    /** Returns a value in the form that layers other than embeddings read: with several inputs, its part of x. */
    private GraphValue plainValue(GraphValue value) {
        ModelInput input = value.input();
        if (input == null) {
            return value;
        }
        if (input.index()) {
            throw new Unsupported(
                    file,
                    "must read its input " + input.name() + " either as an index or as a number, but reads it as both");
        }
        if (inputs.size() == 1) {
            return value;
        }
        return slices.computeIfAbsent(input, key -> {
            ObjectNode spec = KerasJson.newObject()
                    .put("cell", "slice")
                    .put("offset", input.offset())
                    .put("units", input.width());
            return GraphValue.of(
                    draft.addLayer(new DraftLayer(spec, Map.of(), input.width()), List.of(-1)), input.width(), value);
        });
    }

    private GraphValue embedding(Layer layer, GraphValue read) {
        ModelInput input = read.input();
        if (input == null) {
            throw layer.unsupported("must read the model's input, but reads the output of another layer");
        }
        boolean maskZero = layer.flag("mask_zero", false);
        if (maskZero && inputs.size() > 1) {
            throw layer.unsupported("masks one of several inputs, which is not supported");
        }
        masked |= maskZero;
        DraftLayer cell = cells(layer, () -> List.of(plain.embedding(layer))).get(0);
        DraftLayer placed = cell;
        if (input.offset() > 0) {
            placed = new DraftLayer(
                    cell.spec().deepCopy().put("offset", input.offset()), cell.parameters(), cell.outputs());
        }
        GraphValue value = GraphValue.of(draft.addLayer(placed, List.of(-1)), cell.outputs(), read);
        return maskZero ? value.maskedBy() : value;
    }

    private GraphValue recurrent(Layer layer, GraphValue read) {
        if (layer.flag("go_backwards", false)) {
            throw layer.unsupported("runs backwards (go_backwards) and cannot run one step at a time");
        }
        if (layer.flag("time_major", false)) {
            throw layer.unsupported("has steps before sequences (time_major), which is not supported");
        }
        if (layer.flag("zero_output_for_mask", false) && read.masked()) {
            throw layer.unsupported("outputs zeros for masked steps (zero_output_for_mask), which is not supported");
        }
        if (read.steps() == GraphValue.NO_STEPS) {
            throw layer.malformed("must read a sequence, but reads a single vector");
        }
        recurrentSeen = true;
        stateful |= layer.flag("stateful", false);
        GraphValue value = read;
        for (DraftLayer cell : cells(layer, () -> recurrent.of(layer, read.width()))) {
            learnInputWidth(value, cell);
            value = GraphValue.of(draft.addLayer(cell, List.of(value.position())), cell.outputs(), value);
        }
        return value.withSteps(layer.flag("return_sequences", false) ? read.steps() : GraphValue.NO_STEPS);
    }

    private GraphValue masking(Layer layer, GraphValue read) {
        masked = true;
        draft.note("layer " + layer.name() + " (Masking): its value " + layer.number("mask_value", 0)
                + " only marks padding; an event with this value in all its numbers is an ordinary step");
        return read.maskedBy();
    }

    private GraphValue activated(Call call, Layer layer, GraphValue read) {
        JsonNode activation = activations.ofLayer(layer);
        Call before = call(only(call));
        boolean foldable = StatelessLayers.isDense(before.layer())
                && plain.isLinear(before.layer())
                && graph.readers(before.ref()) == 1;
        if (foldable) {
            draft.setActivation(read.position(), activation);
            return read;
        }
        GraphValue from = plainValue(read);
        ObjectNode spec = KerasJson.newObject().put("cell", "activation");
        spec.set("activation", activation);
        return GraphValue.of(
                draft.addLayer(new DraftLayer(spec, Map.of(), from.width()), List.of(from.position())),
                from.width(),
                from);
    }

    /** Translates Flatten and Reshape if they do not change the numbers of a step. */
    private GraphValue reshaped(Layer layer, GraphValue read) {
        JsonNode target = layer.config().path("target_shape");
        boolean flat = layer.className().equals("Flatten") || target.size() == 1;
        if (flat && (read.steps() == GraphValue.NO_STEPS || read.steps() == 1)) {
            if (target.size() == 1
                    && target.path(0).asLong() != -1
                    && target.path(0).asLong() != read.width()) {
                throw layer.malformed("reshapes " + read.width() + " numbers to " + target);
            }
            return read.withSteps(GraphValue.NO_STEPS);
        }
        boolean same = target.size() == 2
                && read.steps() != GraphValue.NO_STEPS
                && target.path(0).asLong() == read.steps()
                && (target.path(1).asLong() == read.width() || target.path(1).asLong() == -1);
        if (same) {
            return read;
        }
        throw layer.unsupported("joins or splits steps and cannot run one step at a time");
    }
}
