package io.lstmstreams.importer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.event.Event;
import io.lstmstreams.importer.ImportedRun.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * All fixtures that hold a model and its framework's numbers. Each script writes the numbers in the terms of its
 * framework; one method here reads each form.
 */
final class ImportedRuns {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ImportedRuns() {}

    /** Returns all runs; the fixtures of a new framework are one more stream. */
    static Stream<ImportedRun> all() {
        return Stream.of(
                        torch(),
                        torchLstm(),
                        stateDicts(),
                        savedModel(),
                        keras(),
                        tensorflow("tf1-stacked", ""),
                        tensorflow("tf1-layer-norm", ".npz"),
                        onnx())
                .flatMap(runs -> runs);
    }

    /** Returns a fixture's path. */
    static Path path(String name) {
        URL url = Objects.requireNonNull(ImportedRuns.class.getResource("/io/lstmstreams/fixtures/" + name), name);
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(name, e);
        }
    }

    private static JsonNode json(String name) {
        try {
            return JSON.readTree(path(name).toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }

    /** {@code torch/make_torch_files.py}: {"files": {name: {"spec", "events", "outputs": [step][head]}}}. */
    private static Stream<ImportedRun> torch() {
        return json("torch/expected.json").get("files").properties().stream().map(file -> {
            JsonNode run = file.getValue();
            List<Step> steps = new ArrayList<>();
            run.get("outputs").forEach(heads -> steps.add(new Step(vectors(heads), null, null)));
            ObjectNode spec = ofEvents();
            spec.setAll((ObjectNode) run.get("spec"));
            return new ImportedRun(path("torch/" + file.getKey()), spec, indexes(run.get("events")), steps);
        });
    }

    /** {@code make_savedmodel_fixture.py}: {"inputs": [step], "outputs": [step]} of one window of 4 steps. */
    private static Stream<ImportedRun> savedModel() {
        JsonNode run = json("keras2-savedmodel.expected.json");
        List<Event> events = new ArrayList<>();
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < run.get("inputs").size(); i++) {
            events.add(new Event.Vector(floats(run.get("inputs").get(i))));
            boolean full = i == run.get("inputs").size() - 1; // before, zeros are in the window
            steps.add(new Step(full ? List.of(vector(run.get("outputs").get(i))) : null, null, null));
        }
        return Stream.of(new ImportedRun(path("keras2-savedmodel"), noSpec(), events, steps));
    }

    /** {@code torch/make_state_dicts.py}: {name: {"spec", "inputs": [step], "outputs": [step]}}. */
    private static Stream<ImportedRun> stateDicts() {
        return json("torch/state_dicts.expected.json").properties().stream().map(file -> {
            JsonNode run = file.getValue();
            List<Event> events = new ArrayList<>();
            List<Step> steps = new ArrayList<>();
            run.get("inputs")
                    .forEach(input -> events.add(
                            input.isArray() ? new Event.Vector(floats(input)) : new Event.Index(input.longValue())));
            run.get("outputs").forEach(output -> steps.add(new Step(List.of(vector(output)), null, null)));
            return new ImportedRun(path("torch/" + file.getKey()), (ObjectNode) run.get("spec"), events, steps);
        });
    }

    /** {@code make_torch_fixture.py}: {"sequences": [{"events", "steps": [{"probabilities", "h", "c"}]}]}. */
    private static Stream<ImportedRun> torchLstm() {
        return json("torch-lstm.expected.json").get("sequences").valueStream().map(run -> {
            List<Step> steps = new ArrayList<>();
            run.get("steps")
                    .forEach(step -> steps.add(new Step(
                            List.of(vector(step.get("probabilities"))),
                            vectors(step.get("h")),
                            vectors(step.get("c")))));
            return new ImportedRun(path("torch-lstm.safetensors"), ofEvents(), indexes(run.get("events")), steps);
        });
    }

    /** {@code make_tensorflow_fixtures.py}: {"steps": [{"index", "output", "h", "c"}]}; an embedding has no h. */
    private static Stream<ImportedRun> tensorflow(String name, String ending) {
        List<Event> events = new ArrayList<>();
        List<Step> steps = new ArrayList<>();
        for (JsonNode step : json(name + ".expected.json").get("steps")) {
            List<double[]> h = vectors(step.get("h"));
            List<double[]> c = vectors(step.get("c"));
            for (int layer = h.size() - 1; layer >= 0; layer--) {
                if (h.get(layer).length == 0) {
                    h.remove(layer);
                    c.remove(layer);
                }
            }
            events.add(new Event.Index(step.get("index").longValue()));
            steps.add(new Step(List.of(vector(step.get("output"))), h, c));
        }
        Path folder = path(name + ".expected.json").getParent();
        return Stream.of(new ImportedRun(folder.resolve(name + ending), ofEvents(), events, steps));
    }

    /** {@code make_keras_fixtures.py}: {model: {"inputs": {name: [step]}, "outputs": [step]{head: [...]}}}. */
    private static Stream<ImportedRun> keras() {
        JsonNode expected = json("keras.expected.json");
        Stream<String> files = Stream.of(
                "keras-heads.keras",
                "keras-heads.h5",
                "keras-cells.keras",
                "keras-inputs.keras",
                "keras-bare.weights.h5",
                "keras-masks.h5",
                "keras1-heads.h5",
                "keras1-sequence.h5",
                "keras2-cudnn.h5");
        return files.map(file -> {
            JsonNode run = expected.get(file.substring(0, file.indexOf('.')));
            List<Step> steps = new ArrayList<>();
            run.get("outputs")
                    .forEach(heads -> steps.add(new Step(heads.isNull() ? null : vectors(heads), null, null)));
            List<Event> events = new ArrayList<>();
            for (int t = 0; t < steps.size(); t++) {
                events.add(kerasEvent(run.get("inputs"), t));
            }
            return new ImportedRun(path(file), kerasSpec(file, events.get(0)), events, steps);
        });
    }

    /**
     * The numbers of keras1-heads, which runs windows of 4 events, are those of a state that is carried over 4 events.
     */
    private static ObjectNode kerasSpec(String file, Event event) {
        ObjectNode spec = file.equals("keras-bare.weights.h5") ? ofEvents() : vectorSpec(event);
        if (file.equals("keras1-heads.h5")) {
            spec.putObject("execution").put("mode", "carry");
        }
        return spec;
    }

    /**
     * Returns a spec with dense input: a file does not state whether the inputs of a model that predicts as many values
     * are one-hot, and these are not.
     */
    private static ObjectNode vectorSpec(Event event) {
        ObjectNode spec = noSpec();
        if (event instanceof Event.Vector) {
            spec.putObject("input").put("encoding", "dense");
        }
        return spec;
    }

    /** {@code onnx/make_onnx_fixtures.py}: {"sequences": [{"inputs": [step], "outputs": [step]}]}; some have one output. */
    private static Stream<ImportedRun> onnx() {
        Stream<String> names = Stream.of(
                "keras-unrolled",
                "torch-cells.dynamo",
                "torch-cells.torchscript",
                "torch-deeplog.dynamo",
                "torch-deeplog.torchscript",
                "torch-events.dynamo",
                "torch-events.torchscript",
                "torch-rnn.dynamo",
                "torch-rnn.torchscript");
        return names.flatMap(name -> json("onnx/" + name + ".expected.json")
                .get("sequences")
                .valueStream()
                .map(run -> onnx(name, run)));
    }

    private static ImportedRun onnx(String name, JsonNode run) {
        List<Event> events = new ArrayList<>();
        List<Step> steps = new ArrayList<>();
        int without = run.get("inputs").size() - run.get("outputs").size();
        for (JsonNode input : run.get("inputs")) {
            int output = events.size() - without;
            events.add(input.isArray() ? new Event.Vector(floats(input)) : new Event.Index(input.longValue()));
            steps.add(new Step(
                    output < 0 ? null : List.of(vector(run.get("outputs").get(output))), null, null));
        }
        return new ImportedRun(path("onnx/" + name + ".onnx"), vectorSpec(events.get(0)), events, steps);
    }

    /** Returns an event: the only input, or fields for several inputs. */
    private static Event kerasEvent(JsonNode inputs, int step) {
        Map<String, Event> fields = new HashMap<>();
        inputs.properties().forEach(input -> {
            JsonNode value = input.getValue().get(step);
            fields.put(
                    input.getKey(),
                    value.isArray() ? new Event.Vector(floats(value)) : new Event.Index(value.longValue()));
        });
        return fields.size() == 1 ? fields.values().iterator().next() : new Event.Fields(fields);
    }

    /** Returns a spec for a file that holds parameters only: it predicts events, so that a softmax follows. */
    private static ObjectNode ofEvents() {
        ObjectNode spec = noSpec();
        spec.putObject("scoring").put("rule", "rank-above").put("rank", 9);
        return spec;
    }

    static ObjectNode noSpec() {
        return JSON.createObjectNode();
    }

    private static List<Event> indexes(JsonNode numbers) {
        List<Event> events = new ArrayList<>();
        numbers.forEach(number -> events.add(new Event.Index(number.longValue())));
        return events;
    }

    private static List<double[]> vectors(JsonNode vectors) {
        List<double[]> read = new ArrayList<>();
        vectors.forEach(values -> read.add(vector(values)));
        return read;
    }

    private static double[] vector(JsonNode values) {
        return JSON.convertValue(values, double[].class);
    }

    private static float[] floats(JsonNode values) {
        return JSON.convertValue(values, float[].class);
    }
}
