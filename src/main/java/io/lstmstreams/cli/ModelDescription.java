package io.lstmstreams.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.input.EventModel;
import io.lstmstreams.input.Vocabulary;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.recurrent.Head;
import io.lstmstreams.recurrent.InputEncoding;
import io.lstmstreams.recurrent.LstmLayer;
import io.lstmstreams.recurrent.Model;
import io.lstmstreams.recurrent.ScoringRule;
import io.lstmstreams.state.StateCodec;
import java.util.List;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/** A model in words and sizes: which vector has which length, and what each gate does with it. */
final class ModelDescription {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final EventModel events;
    private final Model model;
    private final Vocabulary vocabulary;

    ModelDescription(EventModel events) {
        this.events = events;
        this.model = events.network();
        this.vocabulary = events.vocabulary();
    }

    /** The model in one line. */
    String oneLine() {
        StringJoiner chain = new StringJoiner(" -> ");
        chain.add(Integer.toString(model.inputSize()));
        model.layers().forEach(layer -> chain.add("lstm " + layer.units()));
        String heads = model.heads().stream()
                .map(head -> head.activation().specName() + " " + head.outputs())
                .collect(Collectors.joining(", "));
        return "%s, %s -> %s, %,d parameters, fingerprint %s"
                .formatted(
                        model.name(),
                        chain,
                        heads,
                        parameters(),
                        model.fingerprintHex().substring(0, 16));
    }

    /** The model as people read it. */
    String text() {
        StringBuilder out = new StringBuilder();
        line(out, "model", model.name());
        line(out, "fingerprint", model.fingerprintHex());
        line(out, "parameters", "%,d".formatted(parameters()));
        line(out, "input", input());
        line(out, "vocabulary", vocabularyText());
        line(out, "scoring", scoring());
        line(
                out,
                "state",
                "%,d bytes per sequence: (h, c) of every layer, and a header"
                        .formatted(StateCodec.bytesPerSequence(model)));
        for (int i = 0; i < model.layers().size(); i++) {
            out.append('\n');
            describe(out, i, model.layers().get(i));
        }
        for (Head head : model.heads()) {
            out.append('\n');
            describe(out, head);
        }
        return out.toString();
    }

    private void describe(StringBuilder out, int index, LstmLayer layer) {
        int x = layer.inputSize();
        int h = layer.units();
        String w = h + " x " + (x + h);
        line(out, "layer " + index, "lstm, " + x + " -> " + h + " units");
        String what = "the h of layer " + (index - 1);
        if (index == 0) {
            what = model.encoding() == InputEncoding.ONE_HOT ? "the event, one-hot" : "the event, a dense vector";
        }
        vector(out, "x", x, what);
        vector(out, "h", h, "hidden state, from the step before");
        vector(out, "c", h, "cell state, from the step before");
        vector(out, "[x; h]", x + h, "x and h, one under the other: what every gate reads");
        gate(out, "f", w, h, "forget gate     sigmoid(W_f [x; h] + b_f)");
        gate(out, "i", w, h, "input gate      sigmoid(W_i [x; h] + b_i)");
        gate(out, "g", w, h, "candidate       tanh(W_g [x; h] + b_g)");
        gate(out, "o", w, h, "output gate     sigmoid(W_o [x; h] + b_o)");
        vector(out, "c", h, "new cell state     f * c + i * g, element by element");
        vector(out, "h", h, "new hidden state   o * tanh(c), element by element");
    }

    private void describe(StringBuilder out, Head head) {
        line(
                out,
                "head",
                "%s, %d -> %d %s"
                        .formatted(
                                head.name().isEmpty() ? "(unnamed)" : head.name(),
                                head.inputs(),
                                head.outputs(),
                                head.activation().specName()));
        out.append("  %-8s %5d   W %-11s b %-5d %s%n"
                .formatted(
                        "y",
                        head.outputs(),
                        head.outputs() + " x " + head.inputs(),
                        head.outputs(),
                        head.activation().specName() + "(W h + b)"));
    }

    private static void line(StringBuilder out, String name, String value) {
        out.append("%-12s %s%n".formatted(name, value));
    }

    private static void vector(StringBuilder out, String name, int size, String what) {
        out.append("  %-8s %5d   %s%n".formatted(name, size, what));
    }

    private static void gate(StringBuilder out, String name, String weights, int size, String what) {
        out.append("  %-8s %5d   W %-11s b %-5d %s%n".formatted(name, size, weights, size, what));
    }

    private String input() {
        return model.encoding() == InputEncoding.ONE_HOT
                ? "one-hot, %d lines: a step reads one row of a table instead of a product".formatted(model.inputSize())
                : "dense, %d numbers".formatted(model.inputSize());
    }

    private String vocabularyText() {
        if (!vocabulary.hasSymbols()) {
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
        if (model.scoring() instanceof ScoringRule.RankAbove above) {
            return "anomalous if the event's rank is above " + above.rank();
        }
        if (model.scoring() instanceof ScoringRule.ProbabilityBelow below) {
            return "anomalous if the event's probability is below " + below.probability();
        }
        return "none, nothing is called anomalous";
    }

    private long parameters() {
        long layers = model.layers().stream()
                .mapToLong(layer ->
                        (long) layer.inputWeights().length + layer.recurrentWeights().length + layer.bias().length)
                .sum();
        long heads = model.heads().stream()
                .mapToLong(head -> (long) head.weights().length + head.bias().length)
                .sum();
        return layers + heads;
    }

    /** The same for programs: the spec, and every size. */
    String json() {
        try {
            ObjectNode root = (ObjectNode) JSON.readTree(ModelFile.spec(events));
            root.put("fingerprint", model.fingerprintHex());
            root.put("parameters", parameters());
            root.put("stateBytesPerSequence", StateCodec.bytesPerSequence(model));
            for (LstmLayer layer : model.layers()) {
                int h = layer.units();
                int xh = layer.inputSize() + h;
                ObjectNode sizes = root.withArray("/sizes/layers").addObject();
                sizes.put("x", layer.inputSize()).put("h", h).put("c", h).put("xh", xh);
                ObjectNode gates = sizes.putObject("gates");
                for (String gate : List.of("f", "i", "g", "o")) {
                    ObjectNode size = gates.putObject(gate);
                    size.putArray("W").add(h).add(xh);
                    size.put("b", h).put("out", h);
                }
            }
            for (Head head : model.heads()) {
                ObjectNode size = root.withArray("/sizes/heads").addObject().put("name", head.name());
                size.putArray("W").add(head.outputs()).add(head.inputs());
                size.put("b", head.outputs()).put("out", head.outputs());
            }
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + System.lineSeparator();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree that was just built is JSON", e);
        }
    }
}
