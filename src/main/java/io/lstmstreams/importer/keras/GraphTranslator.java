package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.Draft;
import io.lstmstreams.importer.keras.ModelGraph.Call;
import io.lstmstreams.importer.keras.ModelGraph.Ref;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Translates a graph of Keras' layers into a draft's layers and heads. Not thread-safe. */
final class GraphTranslator {
    private final String file;
    private final ModelGraph graph;
    private final RecurrentCells recurrent;
    private final PlainCells plain;
    private final Activations activations;
    private final Map<String, ModelInput> inputs;
    private final DraftBuilder draft = new DraftBuilder();
    private final Map<Ref, Call> calls = new HashMap<>();
    private final Map<Ref, Value> values = new HashMap<>();
    private final Map<ModelInput, Value> slices = new HashMap<>();
    private final Map<String, List<Cell>> cells = new HashMap<>(); // by layer: all calls of a layer share its cells
    private boolean recurrentSeen;
    private boolean stateful;
    private boolean masked;
    private long inputWidth;

    GraphTranslator(String file, int generation, ModelGraph graph, Weights weights) {
        this.file = file;
        this.graph = graph;
        this.recurrent = new RecurrentCells(generation, weights);
        this.plain = new PlainCells(generation, weights);
        this.activations = new Activations(generation);
        this.inputs = ModelInput.of(graph);
        this.inputWidth = inputs.values().stream().mapToLong(ModelInput::width).sum();
        graph.calls().forEach(call -> calls.put(call.ref(), call));
    }

    Draft translate() {
        List<Head> heads = new ArrayList<>();
        Set<Ref> ofHeads = new HashSet<>();
        graph.outputs().forEach(output -> {
            Head head = Head.of(output, graph, calls, this);
            heads.add(head);
            ofHeads.addAll(head.calls());
        });
        for (Call call : graph.calls()) {
            if (!ofHeads.contains(call.ref())) {
                values.put(call.ref(), value(call));
            }
        }
        List<HeadSize> sizes = heads.stream().map(this::head).toList();
        if (!recurrentSeen) {
            throw new Unsupported(file, "does not contain a recurrent layer");
        }
        new InputAndExecution(
                        draft,
                        List.copyOf(inputs.values()),
                        inputWidth,
                        sizes.get(0).outputs(),
                        sizes.get(0).activation())
                .write(stateful, masked);
        return draft.build();
    }

    /** The properties of a head that determine the input's encoding. */
    private record HeadSize(long outputs, JsonNode activation) {}

    private HeadSize head(Head head) {
        Value from = plainValue(values.get(head.from()));
        if (head.dense() == null) {
            draft.addHead(head.name(), head.activationOrLinear(), from.position(), Map.of());
            return new HeadSize(from.width(), head.activationOrLinear());
        }
        Layer layer = head.dense().layer();
        Cell dense =
                cells(layer, () -> List.of(plain.dense(layer, from.width()))).get(0);
        JsonNode activation = head.activation() == null ? dense.spec().path("activation") : head.activation();
        draft.addHead(head.name(), activation, from.position(), dense.parameters());
        return new HeadSize(dense.outputs(), activation);
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
                PlainCells.isDense(layer) || PlainCells.isNormalization(layer) || isStepwise(layer.inner("layer"));
            default ->
                RecurrentCells.isLayer(layer.className())
                        || PlainCells.isDense(layer)
                        || PlainCells.isNormalization(layer)
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

    private Value value(Call call) {
        Layer layer = unwrapped(call.layer());
        if (layer.className().equals("InputLayer")) {
            ModelInput input = inputs.get(layer.name());
            if (input == null || !call.inputs().isEmpty()) {
                throw layer.malformed("must be an input of the model, but is not");
            }
            return new Value(-1, input.width(), input.steps(), false, input);
        }
        if (Merges.isMerge(layer)) {
            List<Value> read = new ArrayList<>();
            call.inputs().forEach(ref -> read.add(plainValue(values.get(ref))));
            Cell cell = Merges.of(layer, read);
            boolean anyMasked = read.stream().anyMatch(Value::masked);
            int position = draft.add(cell, read.stream().map(Value::position).toList());
            return new Value(position, cell.outputs(), read.get(0).steps(), anyMasked, null);
        }
        if (layer.operation()) {
            throw layer.unsupported("is a function that is not supported");
        }
        Value read = values.get(only(call));
        return switch (layer.className()) {
            case "Embedding" -> embedding(layer, read);
            case "LSTM", "GRU", "SimpleRNN", "CuDNNLSTM", "CuDNNGRU", "RNN" -> recurrent(layer, plainValue(read));
            case "Flatten", "Reshape" -> reshaped(layer, read);
            case "Masking" -> masking(layer, read);
            default -> other(call, layer, read);
        };
    }

    private Value other(Call call, Layer layer, Value read) {
        if (vanishes(layer)) {
            return read;
        }
        if (Activations.isLayer(layer.className())) {
            return activated(call, layer, read);
        }
        if (PlainCells.isDense(layer)) {
            return one(layer, read, from -> plain.dense(layer, from.width()));
        }
        if (PlainCells.isNormalization(layer)) {
            return one(layer, read, from -> plain.normalization(layer, from.width(), from.rank()));
        }
        throw Refusals.of(layer);
    }

    private interface OneCell {
        Cell reading(Value from);
    }

    private Value one(Layer layer, Value read, OneCell maker) {
        Value from = plainValue(read);
        Cell cell = cells(layer, () -> List.of(maker.reading(from))).get(0);
        learnInputWidth(from, cell);
        return Value.of(draft.add(cell, List.of(from.position())), cell.outputs(), from);
    }

    private List<Cell> cells(Layer layer, Supplier<List<Cell>> maker) {
        List<Cell> known = cells.get(layer.name());
        if (known == null) {
            known = maker.get();
            cells.put(layer.name(), known);
        }
        return known;
    }

    private void learnInputWidth(Value from, Cell cell) {
        if (from.position() == -1 && inputWidth < 0) {
            Tensor matrix = cell.parameters()
                    .getOrDefault("weight_ih", cell.parameters().get("weight"));
            if (matrix != null) {
                inputWidth = matrix.shape()[matrix.shape().length - 1];
            }
        }
    }

    /** Returns a value in the form that layers other than embeddings read: with several inputs, its part of x. */
    private Value plainValue(Value value) {
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
            return Value.of(draft.add(new Cell(spec, Map.of(), input.width()), List.of(-1)), input.width(), value);
        });
    }

    private Value embedding(Layer layer, Value read) {
        ModelInput input = read.input();
        if (input == null) {
            throw layer.unsupported("must read the model's input, but reads the output of another layer");
        }
        boolean maskZero = layer.flag("mask_zero", false);
        if (maskZero && inputs.size() > 1) {
            throw layer.unsupported("masks one of several inputs, which is not supported");
        }
        masked |= maskZero;
        Cell cell = cells(layer, () -> List.of(plain.embedding(layer))).get(0);
        Cell placed = cell;
        if (input.offset() > 0) {
            placed = new Cell(cell.spec().deepCopy().put("offset", input.offset()), cell.parameters(), cell.outputs());
        }
        Value value = Value.of(draft.add(placed, List.of(-1)), cell.outputs(), read);
        return maskZero ? value.maskedBy() : value;
    }

    private Value recurrent(Layer layer, Value read) {
        if (layer.flag("go_backwards", false)) {
            throw layer.unsupported("runs backwards (go_backwards) and cannot run one step at a time");
        }
        if (layer.flag("time_major", false)) {
            throw layer.unsupported("has steps before sequences (time_major), which is not supported");
        }
        if (layer.flag("zero_output_for_mask", false) && read.masked()) {
            throw layer.unsupported("outputs zeros for masked steps (zero_output_for_mask), which is not supported");
        }
        if (read.steps() == Value.NO_STEPS) {
            throw layer.malformed("must read a sequence, but reads a single vector");
        }
        recurrentSeen = true;
        stateful |= layer.flag("stateful", false);
        Value value = read;
        for (Cell cell : cells(layer, () -> recurrent.of(layer, read.width()))) {
            learnInputWidth(value, cell);
            value = Value.of(draft.add(cell, List.of(value.position())), cell.outputs(), value);
        }
        return value.withSteps(layer.flag("return_sequences", false) ? read.steps() : Value.NO_STEPS);
    }

    private Value masking(Layer layer, Value read) {
        masked = true;
        draft.note("layer " + layer.name() + " (Masking): its value " + layer.number("mask_value", 0)
                + " only marks padding; an event with this value in all its numbers is an ordinary step");
        return read.maskedBy();
    }

    private Value activated(Call call, Layer layer, Value read) {
        JsonNode activation = activations.ofLayer(layer);
        Call before = calls.get(only(call));
        boolean foldable = PlainCells.isDense(before.layer())
                && plain.isLinear(before.layer())
                && graph.readers(before.ref()) == 1;
        if (foldable) {
            draft.setActivation(read.position(), activation);
            return read;
        }
        Value from = plainValue(read);
        ObjectNode spec = KerasJson.newObject().put("cell", "activation");
        spec.set("activation", activation);
        return Value.of(
                draft.add(new Cell(spec, Map.of(), from.width()), List.of(from.position())), from.width(), from);
    }

    /** Translates Flatten and Reshape if they do not change the numbers of a step. */
    private Value reshaped(Layer layer, Value read) {
        JsonNode target = layer.config().path("target_shape");
        boolean flat = layer.className().equals("Flatten") || target.size() == 1;
        if (flat && (read.steps() == Value.NO_STEPS || read.steps() == 1)) {
            if (target.size() == 1
                    && target.path(0).asLong() != -1
                    && target.path(0).asLong() != read.width()) {
                throw layer.malformed("reshapes " + read.width() + " numbers to " + target);
            }
            return read.withSteps(Value.NO_STEPS);
        }
        boolean same = target.size() == 2
                && read.steps() != Value.NO_STEPS
                && target.path(0).asLong() == read.steps()
                && (target.path(1).asLong() == read.width() || target.path(1).asLong() == -1);
        if (same) {
            return read;
        }
        throw layer.unsupported("joins or splits steps and cannot run one step at a time");
    }
}
