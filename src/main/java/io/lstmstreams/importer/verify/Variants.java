package io.lstmstreams.importer.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.event.Event;
import io.lstmstreams.importer.draft.GateOrder;
import io.lstmstreams.input.Model;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.modelfile.tensor.ModelFileException;
import io.lstmstreams.modelfile.tensor.Safetensors;
import io.lstmstreams.modelfile.tensor.Tensor;
import io.lstmstreams.modelfile.tensor.TensorFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tries other models than the one that differs from its framework, and names one that does not: another activation of
 * a head or of the cells, another execution, a forget bias, another order of the gates, or events numbered from another
 * first number.
 */
final class Variants {
    private static final long MAX_STEPS = 500; // enough to recognise a variant
    private static final int LONGEST_WINDOW = 1_000;
    private static final int LONGEST_PADDED = 40;
    private static final List<String> HEADS = List.of("linear", "softmax", "log_softmax", "sigmoid", "tanh", "relu");
    private static final List<String> CELLS = List.of("tanh", "relu", "linear", "softsign", "elu");
    private static final String KERAS_3 = "{\"name\":\"hard_sigmoid\",\"alpha\":0.16666667,\"beta\":0.5}";
    private static final String LSTM = "lstm";
    private static final String GRU = "gru";

    private final Path file;
    private final JsonNode spec;
    private final List<ExpectedSequence> sequences;
    private final double tolerance;

    /**
     * Prepares a search.
     *
     * @param file the model file
     * @param model the model in it
     * @param sequences what the framework computed
     */
    Variants(Path file, Model model, List<ExpectedSequence> sequences, double tolerance) {
        this.file = file;
        this.spec = ModelFile.parseSpec(ModelFile.spec(model), file.toString());
        this.sequences = sequences;
        this.tolerance = tolerance;
    }

    /** Returns a sentence on the first variant that agrees with the framework. */
    Optional<String> suggestion() {
        for (ObjectNode head : heads()) {
            Optional<Comparison> comparison = comparison(file, head, sequences);
            if (comparison.isPresent()) {
                for (ObjectNode execution : executions(comparison.get())) {
                    ObjectNode variant = head.deepCopy().setAll(execution);
                    Optional<Double> difference = difference(file, variant, sequences);
                    if (difference.isPresent()) {
                        return Optional.of(sentence(variant, difference.get()));
                    }
                }
            }
        }
        for (ObjectNode variant : cells()) {
            Optional<Double> difference = difference(file, variant, sequences);
            if (difference.isPresent()) {
                return Optional.of(sentence(variant, difference.get()));
            }
        }
        return otherNumbers().or(this::otherGates);
    }

    private static String sentence(ObjectNode variant, double difference) {
        return "with --spec '%s' the worst difference would be %.1e: import the model again with it"
                .formatted(variant, difference);
    }

    private Optional<Double> difference(Path model, ObjectNode variant, List<ExpectedSequence> expected) {
        return comparison(model, variant, expected)
                .filter(Comparison::passes)
                .map(comparison -> comparison.worst().difference());
    }

    private Optional<Comparison> comparison(Path model, ObjectNode variant, List<ExpectedSequence> expected) {
        try {
            return Optional.of(Comparison.of(ModelFile.load(model, variant), expected, tolerance, MAX_STEPS));
        } catch (ModelFileException e) {
            return Optional.empty(); // this model has no such variant
        }
    }

    /** Returns no change, and the first head with other activations. */
    private List<ObjectNode> heads() {
        List<ObjectNode> variants = new ArrayList<>();
        variants.add(JsonNodeFactory.instance.objectNode());
        for (String activation : HEADS) {
            ObjectNode variant = JsonNodeFactory.instance.objectNode();
            ArrayNode heads = variant.putArray("heads");
            for (JsonNode head : spec.path("heads")) {
                if (heads.isEmpty()
                        && !activation.equals(head.path("activation").asText())) {
                    heads.addObject().put("activation", activation);
                }
            }
            if (!heads.isEmpty()) {
                variants.add(variant);
            }
        }
        return variants;
    }

    /** Returns no change, and the executions that may explain how a comparison with a carried state ended. */
    private List<ObjectNode> executions(Comparison comparison) {
        List<ObjectNode> variants = new ArrayList<>();
        variants.add(JsonNodeFactory.instance.objectNode());
        if (spec.at("/execution/mode").asText().equals("window")) {
            variants.add(JsonNodeFactory.instance.objectNode());
            variants.get(1).putObject("execution").put("mode", "carry");
            return variants;
        }
        int firstWrong = comparison.first().step();
        if (comparison.startsRight() && firstWrong > 1 && firstWrong <= LONGEST_WINDOW) {
            variants.add(window(firstWrong - 1, "none")); // for n steps, a window of n events is like a carried state
        }
        for (int length = 1; length <= LONGEST_PADDED && !comparison.startsRight(); length++) {
            variants.add(window(length, "zeros"));
        }
        return variants;
    }

    private static ObjectNode window(int length, String padding) {
        ObjectNode variant = JsonNodeFactory.instance.objectNode();
        variant.putObject("execution")
                .put("mode", "window")
                .put("length", length)
                .put("padding", padding);
        return variant;
    }

    /** Returns the variants in which all recurrent layers have another option. */
    private List<ObjectNode> cells() {
        List<ObjectNode> variants = new ArrayList<>();
        CELLS.forEach(activation -> variants.add(
                layers("lstm gru rnn", JsonNodeFactory.instance.objectNode().put("activation", activation))));
        for (String sigmoid : new String[] {"\"sigmoid\"", "\"hard_sigmoid\"", KERAS_3}) {
            variants.add(layers("lstm gru", ModelFile.parseSpec("{\"recurrentActivation\":" + sigmoid + "}", "")));
        }
        for (boolean after : new boolean[] {true, false}) {
            variants.add(layers(GRU, JsonNodeFactory.instance.objectNode().put("resetAfter", after)));
        }
        for (double bias : new double[] {0, 1, -1}) {
            variants.add(layers(LSTM, JsonNodeFactory.instance.objectNode().put("forgetBias", bias)));
        }
        variants.removeIf(variant -> variant.path("layers").findParents("cell").isEmpty()
                && variant.path("layers").valueStream().allMatch(JsonNode::isEmpty));
        return variants;
    }

    private ObjectNode layers(String cells, ObjectNode option) {
        ObjectNode variant = JsonNodeFactory.instance.objectNode();
        ArrayNode layers = variant.putArray("layers");
        for (JsonNode layer : spec.path("layers")) {
            boolean changed =
                    List.of(cells.split(" ", -1)).contains(layer.path("cell").asText());
            layers.add(changed ? option.deepCopy() : JsonNodeFactory.instance.objectNode());
        }
        return variant;
    }

    /** Returns a sentence if the events are numbered from another first number. */
    Optional<String> otherNumbers() {
        for (int shift : new int[] {1, -1}) {
            List<ExpectedSequence> shifted = sequences.stream()
                    .map(sequence -> new ExpectedSequence(
                            sequence.name(),
                            sequence.events().stream()
                                    .map(event -> event instanceof Event.Index index
                                            ? new Event.Index(index.value() + shift)
                                            : event)
                                    .toList(),
                            sequence.outputs()))
                    .toList();
            Optional<Double> difference = difference(file, JsonNodeFactory.instance.objectNode(), shifted);
            if (!shifted.equals(sequences) && difference.isPresent()) {
                String numbered = shift > 0 ? "from 0 in this file and from 1" : "from 1 in this file and from 0";
                return Optional.of(("with each event's index %s by 1 the worst difference would be %.1e: events are"
                                + " numbered %s in the model; if index 0 is the padding, <pad> is the first line of the"
                                + " vocabulary")
                        .formatted(shift > 0 ? "raised" : "lowered", difference.get(), numbered));
            }
        }
        return Optional.empty();
    }

    private Optional<String> otherGates() {
        for (String cell : new String[] {LSTM, GRU}) {
            String ours = cell.equals(LSTM) ? "ifgo" : "rzn";
            for (String order : permutations(ours)) {
                Optional<Double> difference = withGates(cell, order);
                if (!order.equals(ours) && difference.isPresent()) {
                    return Optional.of(
                            ("with the gates of the %s layers in the order %s instead of %s the worst difference"
                                            + " would be %.1e: the weights were stored in another order than the file's format has")
                                    .formatted(
                                            cell,
                                            String.join(", ", order.split("")),
                                            String.join(", ", ours.split("")),
                                            difference.get()));
                }
            }
        }
        return Optional.empty();
    }

    private static List<String> permutations(String letters) {
        if (letters.length() <= 1) {
            return List.of(letters);
        }
        List<String> permutations = new ArrayList<>();
        for (int i = 0; i < letters.length(); i++) {
            for (String rest : permutations(letters.substring(0, i) + letters.substring(i + 1))) {
                permutations.add(letters.charAt(i) + rest);
            }
        }
        return permutations;
    }

    private Optional<Double> withGates(String cell, String order) {
        TensorFile read = Safetensors.read(file);
        GateOrder gates = cell.equals(LSTM) ? GateOrder.lstm(order) : GateOrder.gru(order);
        Map<String, Tensor> tensors = new LinkedHashMap<>(read.tensors());
        tensors.replaceAll(
                (name, tensor) -> name.matches(cell + "\\.(weight|bias)_(ih|hh)_l\\d+") ? gates.rows(tensor) : tensor);
        if (tensors.equals(read.tensors())) {
            return Optional.empty();
        }
        try {
            Path variant = Files.createTempFile("lstm-streams", ".safetensors");
            try {
                Safetensors.write(new TensorFile(tensors, read.metadata()), variant);
                return difference(variant, JsonNodeFactory.instance.objectNode(), sequences);
            } finally {
                Files.deleteIfExists(variant);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a temporary file cannot be written", e);
        }
    }
}
