package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.Draft;
import io.lstmstreams.importer.draft.DraftHead;
import io.lstmstreams.importer.draft.DraftLayer;
import io.lstmstreams.importer.draft.Origin;
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
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Translates a graph of Keras' layers into a draft's layers and heads. Not thread-safe. */
final class GraphTranslator {
    private final String file;
    private final ModelGraph graph;
    private final RecurrentLayers recurrent;
    private final StatelessLayers plain;
    private final AffineLayers affine;
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
    private @Nullable Layer unmasked; // a recurrent layer without a mask
    private long inputWidth;

    GraphTranslator(String file, KerasVersion version, ModelGraph graph, Weights weights) {
        this.file = file;
        this.draft = new Draft(file);
        this.graph = graph;
        this.recurrent = new RecurrentLayers(version, weights);
        this.plain = new StatelessLayers(version, weights);
        this.affine = new AffineLayers(weights);
        this.activations = new Activations(version);
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
        if (masked && unmasked != null) {
            throw unmasked.unsupported("advances at every step, while other recurrent layers skip masked steps; the"
                    + " layers must skip the same steps: a mask must reach all of them");
        }
        if (!recurrentSeen) {
            throw new Unsupported(file, "does not contain a recurrent layer");
        }
        new InputAndExecution(draft, List.copyOf(inputs.values()), inputWidth).write(stateful, masked, graph.fedBack());
        return draft;
    }

    /** Returns the call whose output a reference names. The reader of the graph has checked that there is one. */
    Call call(Ref ref) {
        return Optional.ofNullable(calls.get(ref.first())).orElseThrow();
    }

    /** Returns a value that has been translated, because calls are sorted. */
    private GraphValue value(Ref ref) {
        GraphValue value = Optional.ofNullable(values.get(ref.first())).orElseThrow();
        if (ref.tensor() == 0) {
            return value;
        }
        Layer layer = call(ref).layer();
        if (!layer.flag("return_state", false)) {
            throw layer.malformed("must have one output, but layers read its output " + ref.tensor());
        }
        boolean stack =
                layer.config().path("cell").path("class_name").asText("").equals("StackedRNNCells");
        if (ref.tensor() > 1 || stack) {
            throw layer.unsupported("has a reader of its " + (stack ? "cells' states" : "cell state c")
                    + ", but a layer can only read the hidden state h, which is the layer's output");
        }
        return value.withSteps(GraphValue.NO_STEPS); // h after the last step
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
        Layer layer = LayerClasses.unwrapped(call.layer());
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
            boolean allMasked = read.stream().allMatch(GraphValue::masked); // a sequence without a mask removes it
            int position =
                    draft.addLayer(cell, read.stream().map(GraphValue::position).toList());
            return new GraphValue(position, cell.outputs(), read.get(0).steps(), allMasked, null);
        }
        if (layer.operation()) {
            throw layer.unsupported("is a function that is not supported");
        }
        GraphValue read = value(only(call));
        return switch (layer.className()) {
            case "Embedding" -> embedding(layer, read);
            case "LSTM", "GRU", "SimpleRNN", "CuDNNLSTM", "CuDNNGRU", "RNN" -> recurrent(layer, plainValue(read));
            case "Flatten", "Reshape" -> reshaped(layer, read);
            case "Masking" -> masking(call, layer, read);
            default -> other(call, layer, read);
        };
    }

    private GraphValue other(Call call, Layer layer, GraphValue read) {
        if (LayerClasses.vanishes(layer)) {
            return read;
        }
        if (AffineLayers.isRescalingOfFeatures(layer)) {
            return chain(layer, read, from -> affine.rescaling(layer, from.width()));
        }
        if (Activations.isLayer(layer.className())) {
            return activated(call, layer, read);
        }
        if (StatelessLayers.isDense(layer)) {
            GraphValue dense = one(layer, read, from -> plain.dense(layer, from.width()));
            return StatelessLayers.isConvolution(layer) ? dense.withoutMask() : dense;
        }
        if (layer.className().equals("Normalization")) {
            return chain(layer, read, from -> affine.normalization(layer, from.width(), from.rank()));
        }
        if (StatelessLayers.isNormalization(layer)) {
            return one(layer, read, from -> plain.normalization(layer, from.width(), from.rank()));
        }
        throw Refusals.of(layer);
    }

    private GraphValue one(Layer layer, GraphValue read, Function<GraphValue, DraftLayer> maker) {
        return chain(layer, read, from -> List.of(maker.apply(from)));
    }

    /** Adds the cells of a layer, each of which reads the cell before it. */
    private GraphValue chain(Layer layer, GraphValue read, Function<GraphValue, List<DraftLayer>> maker) {
        GraphValue from = plainValue(read);
        GraphValue value = from;
        for (DraftLayer cell : cells(layer, () -> maker.apply(from))) {
            learnInputWidth(value, cell);
            value = GraphValue.of(draft.addLayer(cell, List.of(value.position())), cell.outputs(), value);
        }
        return value;
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
        if (!read.masked()) {
            unmasked = layer;
        }
        stateful |= layer.flag("stateful", false);
        GraphValue value = chain(layer, read, from -> recurrent.of(layer, from.width()));
        return value.withSteps(layer.flag("return_sequences", false) ? read.steps() : GraphValue.NO_STEPS);
    }

    private GraphValue masking(Call call, Layer layer, GraphValue read) {
        boolean only = inputs.size() == 1 && read.input() != null && !read.masked();
        for (Ref ref = only(call); only && !call(ref).inputs().isEmpty(); ref = only(call(ref))) {
            only = graph.readers(ref) == 1;
        }
        if (!only || graph.readers(inputRef()) != 1) {
            throw layer.unsupported("must be the only reader of the model's only input: otherwise the layers disagree"
                    + " about the masked steps");
        }
        masked = true;
        draft.mask(
                layer.number("mask_value", 0),
                layer.config().has("mask_value")
                        ? Origin.file("because layer " + layer.name() + " (Masking) reads the input; an event whose"
                                + " numbers all equal the value leaves the state unchanged")
                        : Origin.defaultOf("the layer Masking"));
        return read.maskedBy();
    }

    private Ref inputRef() {
        return graph.inputs().get(0);
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
