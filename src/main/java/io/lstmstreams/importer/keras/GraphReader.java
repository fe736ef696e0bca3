package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.keras.ModelGraph.Call;
import io.lstmstreams.importer.keras.ModelGraph.Output;
import io.lstmstreams.importer.keras.ModelGraph.Ref;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the configuration of a sequential or functional model of any version of Keras into a graph. */
final class GraphReader {
    private static final int MAX_LAYERS = 4096;

    private final String file;
    private final int generation;
    private final Map<String, Layer> layers = new LinkedHashMap<>();
    private final Map<Ref, Call> calls = new LinkedHashMap<>();

    GraphReader(String file, int generation) {
        this.file = file;
        this.generation = generation;
    }

    ModelGraph read(ObjectNode model) {
        String kind = model.path("class_name").asText("");
        JsonNode config = model.path("config");
        JsonNode entries = config.isArray() ? config : config.path("layers"); // a bare list until Keras 2.2.2
        boolean sequential = kind.equals("Sequential");
        if (!sequential && !kind.equals("Functional") && !kind.equals("Model")) {
            throw new Unsupported(
                    file,
                    "is a model of the class " + kind + ", but only Sequential and Functional models are supported");
        }
        if (!entries.isArray() || entries.isEmpty() || entries.size() > MAX_LAYERS) {
            throw new Malformed(file, "must have a list of 1 to " + MAX_LAYERS + " layers");
        }
        List<Layer> listed = new ArrayList<>();
        entries.forEach(entry -> listed.add(layer(entry)));
        if (sequential) {
            return ModelGraph.chain(withInput(listed, config));
        }
        for (int i = 0; i < listed.size(); i++) {
            new InboundNodes(listed.get(i), generation)
                    .calls(entries.get(i).path("inbound_nodes"))
                    .forEach(call -> calls.put(call.ref(), call));
        }
        List<Ref> inputs =
                ends(config.path("input_layers")).stream().map(Output::ref).toList();
        List<Output> outputs = ends(config.path("output_layers"));
        if (inputs.isEmpty() || outputs.isEmpty()) {
            throw new Malformed(file, "has no " + (inputs.isEmpty() ? "input" : "output"));
        }
        return new ModelGraph(List.copyOf(layers.values()), sorted(reachable(outputs)), inputs, outputs);
    }

    private String entryName(JsonNode entry) {
        String name = entry.path("config").path("name").asText("");
        return name.isEmpty() ? entry.path("name").asText("") : name;
    }

    private Layer layer(JsonNode entry) {
        String className = entry.path("class_name").asText("");
        String name = entryName(entry);
        if (className.isEmpty() || name.isEmpty()) {
            throw new Malformed(file, "has a layer without a class or a name");
        }
        // HDF5 files do not state the module, but a function has none of the options that every layer has.
        boolean bare = !entry.has("module")
                && generation == 3
                && !entry.path("config").has("trainable")
                && entry.path("inbound_nodes").path(0).isObject();
        boolean operation =
                entry.path("module").asText("").contains(".ops.") || bare || InboundNodes.isOfMask(className);
        String where = file + ": layer " + name + " (" + className + ")";
        Layer layer = new Layer(className, name, entry.path("config"), operation, where);
        layer.refuseForeign(entry);
        if (layers.put(name, layer) != null) {
            throw layer.malformed("occurs twice");
        }
        return layer;
    }

    /** Adds an input layer if there is none: in older models, the first layer describes the input. */
    private static List<Layer> withInput(List<Layer> listed, JsonNode model) {
        Layer first = listed.get(0);
        if (first.className().equals("InputLayer")) {
            return listed;
        }
        ObjectNode config = KerasJson.newObject();
        JsonNode shape = first.config().path("batch_input_shape");
        config.set("batch_shape", shape.isArray() ? shape : model.path("build_input_shape"));
        List<Layer> all = new ArrayList<>(listed);
        all.add(0, new Layer("InputLayer", first.name() + "_input", config, false, first.where()));
        return all;
    }

    /** Reads inputs or outputs: {@code [name, call, tensor]}, or a list or (Keras 3) an object of them. */
    private List<Output> ends(JsonNode ends) {
        List<Output> result = new ArrayList<>();
        if (ends.isObject()) {
            ends.properties().forEach(end -> result.add(new Output(end.getKey(), end(end.getValue()))));
        } else if (ends.path(0).isTextual()) {
            result.add(new Output(ends.path(0).textValue(), end(ends)));
        } else {
            ends.forEach(end -> result.add(new Output(end.path(0).asText(), end(end))));
        }
        return result;
    }

    private Ref end(JsonNode end) {
        int tensor = end.path(2).asInt(0);
        Ref ref = new Ref(end.path(0).asText(""), end.path(1).asInt(-1), tensor);
        Call call = calls.get(ref.first());
        if (call == null) {
            throw new Malformed(file, "has an input or output " + end + ", which no layer computes");
        }
        if (tensor != 0 && !call.layer().flag("return_state", false)) {
            throw call.layer()
                    .malformed("must have one output, but its output " + tensor + " is an output of the model");
        }
        return ref;
    }

    private Set<Ref> reachable(List<Output> outputs) {
        Set<Ref> reached = new HashSet<>();
        Deque<Call> open = new ArrayDeque<>();
        for (Output output : outputs) {
            Call call = calls.get(output.ref().first());
            if (call != null) {
                open.push(call);
            }
        }
        while (!open.isEmpty()) {
            Call call = open.pop();
            if (reached.add(call.ref())) {
                for (Ref ref : call.below()) {
                    Call input = calls.get(ref);
                    if (input == null) {
                        throw call.layer().malformed("reads " + ref.layer() + ", which does not exist");
                    }
                    open.push(input);
                }
            }
        }
        for (Call call : calls.values()) {
            // Keras 3 computes masks by functions whose results no output uses.
            if (!reached.contains(call.ref()) && !call.layer().operation()) {
                throw call.layer().malformed("contributes to no output");
            }
        }
        return reached;
    }

    /** Returns the calls in the file's order, but each call after the calls that it reads. */
    private List<Call> sorted(Set<Ref> reached) {
        Map<Ref, List<Call>> readers = new HashMap<>();
        Map<Ref, Integer> missing = new HashMap<>();
        Deque<Call> ready = new ArrayDeque<>();
        for (Call call : calls.values()) {
            if (reached.contains(call.ref())) {
                call.below()
                        .forEach(input -> readers.computeIfAbsent(input, ref -> new ArrayList<>())
                                .add(call));
                missing.put(call.ref(), call.below().size());
                if (call.below().isEmpty()) {
                    ready.add(call);
                }
            }
        }
        List<Call> sorted = new ArrayList<>();
        while (!ready.isEmpty()) {
            Call call = ready.poll();
            sorted.add(call);
            for (Call reader : readers.getOrDefault(call.ref(), List.of())) {
                if (missing.merge(reader.ref(), -1, Integer::sum) == 0) {
                    ready.add(reader);
                }
            }
        }
        if (sorted.size() < reached.size()) {
            throw new Malformed(file, "has layers that form a cycle");
        }
        return sorted;
    }
}
