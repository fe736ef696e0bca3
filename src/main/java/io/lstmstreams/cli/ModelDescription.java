package io.lstmstreams.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.input.Model;
import io.lstmstreams.input.Vocabulary;
import io.lstmstreams.modelfile.LayerDescription;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.recurrent.Head;
import io.lstmstreams.recurrent.Layer;
import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.Readable;
import io.lstmstreams.recurrent.ScoringRule;
import io.lstmstreams.state.StateCodec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/** A description of a model: its layers with the size of every vector and matrix, vocabulary and scoring. */
final class ModelDescription {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Model model;
    private final Network network;
    private final Vocabulary vocabulary;

    ModelDescription(Model model) {
        this.model = model;
        this.network = model.network();
        this.vocabulary = model.vocabulary();
    }

    /** Returns the description in one line. */
    String oneLine() {
        StringJoiner chain = new StringJoiner(" -> ");
        chain.add(Integer.toString(network.inputSize()));
        for (Layer layer : network.layers()) {
            chain.add(layer.specName() + " " + layer.outputSize());
        }
        String heads = network.heads().stream()
                .map(head -> head.activation().kind().specName() + " " + head.outputs())
                .collect(Collectors.joining(", "));
        return "%s, %s%s, %,d parameters, fingerprint %s"
                .formatted(
                        network.name(),
                        chain,
                        heads.isEmpty() ? "" : " -> " + heads,
                        parameters(),
                        network.fingerprintHex().substring(0, 16));
    }

    /** Returns the description as text. */
    String text() {
        StringBuilder out = new StringBuilder();
        line(out, "model", Terminal.plain(network.name()));
        line(out, "fingerprint", network.fingerprintHex());
        line(out, "parameters", "%,d".formatted(parameters()));
        line(out, "input", new InputDescription(model).oneLine());
        line(out, "vocabulary", vocabularyText());
        line(out, "scoring", scoring());
        line(out, "execution", execution());
        line(
                out,
                "state",
                "%,d bytes per sequence: %s, and a header"
                        .formatted(
                                StateCodec.bytesPerSequence(network),
                                network.execution().carries() ? "(h, c) of every layer" : "the events of its window"));
        out.append(new InputDescription(model).fields());
        for (int i = 0; i < network.layers().size(); i++) {
            describe(out, "layer " + i, LayerDescription.ofLayer(network, i));
        }
        for (int i = 0; i < network.heads().size(); i++) {
            describe(out, "head", LayerDescription.ofHead(network, i));
        }
        return out.toString();
    }

    /** Returns what a model does beside its weights, by name, to compare models. */
    Map<String, String> rows() {
        Map<String, String> rows = new LinkedHashMap<>();
        rows.put("model", Terminal.plain(network.name()));
        rows.put("input", new InputDescription(model).oneLine());
        rows.put("vocabulary", Terminal.plain(vocabularyText()));
        rows.put("scoring", scoring());
        rows.put("execution", execution());
        new InputDescription(model).fields().lines().forEach(field -> {
            String[] name = field.strip().split(" ", 2);
            rows.put(name[0], name[1]);
        });
        for (int i = 0; i < network.layers().size(); i++) {
            rows.put("layer " + i, LayerDescription.ofLayer(network, i).title());
        }
        for (int i = 0; i < network.heads().size(); i++) {
            rows.put("head " + i, LayerDescription.ofHead(network, i).title());
        }
        return rows;
    }

    private static void describe(StringBuilder out, String name, LayerDescription description) {
        out.append('\n');
        line(out, name, description.title());
        out.append(description.text());
    }

    private static void line(StringBuilder out, String name, String value) {
        out.append("%-12s %s%n".formatted(name, value));
    }

    private String vocabularyText() {
        if (!vocabulary.hasSymbols()) {
            if (vocabulary.size() == Integer.MAX_VALUE) {
                return "none, events are their index";
            }
            return "none, events are their index, 0 to " + (vocabulary.size() - 1);
        }
        List<String> symbols = vocabulary.symbols();
        String list = symbols.size() <= 8
                ? String.join(" ", symbols)
                : String.join(" ", symbols.subList(0, 4)) + " ... "
                        + String.join(" ", symbols.subList(symbols.size() - 2, symbols.size()));
        String end = vocabulary.hasEnd() ? ", end of a sequence: " + vocabulary.symbol(vocabulary.end()) : "";
        String unknown = vocabulary.unknown() < 0 ? "" : ", unknown: " + vocabulary.symbol(vocabulary.unknown());
        return symbols.size() + " symbols: " + list + end + unknown;
    }

    private String scoring() {
        if (network.scoring() instanceof ScoringRule.RankAbove above) {
            return "anomalous if the event's rank is above " + above.rank();
        }
        if (network.scoring() instanceof ScoringRule.ProbabilityBelow below) {
            return "anomalous if the event's probability is below " + Readable.number(below.probability());
        }
        return "none, so nothing is anomalous";
    }

    private String execution() {
        Float maskValue = network.execution().maskValue();
        String masked = maskValue == null
                ? ""
                : "; an event of the value " + Readable.number(maskValue) + " leaves the state unchanged";
        if (network.execution().carries()) {
            return "carry: the state is carried from event to event" + masked;
        }
        return "window: each event processes the last %d events from the zero state%s%s"
                .formatted(
                        network.execution().window(),
                        network.execution().padded() ? ", with missing events as zeros on the left" : "",
                        masked);
    }

    private long parameters() {
        return network.layers().stream().mapToLong(Layer::parameters).sum()
                + network.heads().stream().mapToLong(Head::parameters).sum();
    }

    /** Returns the spec and all sizes as JSON. */
    String json() {
        try {
            ObjectNode root = (ObjectNode) JSON.readTree(ModelFile.spec(model));
            root.put("fingerprint", network.fingerprintHex());
            root.put("parameters", parameters());
            root.put("stateBytesPerSequence", StateCodec.bytesPerSequence(network));
            for (int i = 0; i < network.layers().size(); i++) {
                root.withArray("/sizes/layers")
                        .add(LayerDescription.ofLayer(network, i).sizes());
            }
            for (int i = 0; i < network.heads().size(); i++) {
                root.withArray("/sizes/heads")
                        .add(LayerDescription.ofHead(network, i).sizes());
            }
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + System.lineSeparator();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree that was just built must be JSON", e);
        }
    }
}
