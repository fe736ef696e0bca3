package io.lstmstreams.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.input.EventModel;
import io.lstmstreams.input.Vocabulary;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.recurrent.Head;
import io.lstmstreams.recurrent.Layer;
import io.lstmstreams.recurrent.Model;
import io.lstmstreams.recurrent.RecurrentLayer;
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
        for (Layer layer : model.layers()) {
            chain.add(layer.cell() + " " + layer.outputSize());
        }
        String heads = model.heads().stream()
                .map(head -> head.activation().kind().specName() + " " + head.outputs())
                .collect(Collectors.joining(", "));
        return "%s, %s%s, %,d parameters, fingerprint %s"
                .formatted(
                        model.name(),
                        chain,
                        heads.isEmpty() ? "" : " -> " + heads,
                        parameters(),
                        model.fingerprintHex().substring(0, 16));
    }

    /** The model as people read it. */
    String text() {
        StringBuilder out = new StringBuilder();
        line(out, "model", Terminal.plain(model.name()));
        line(out, "fingerprint", model.fingerprintHex());
        line(out, "parameters", "%,d".formatted(parameters()));
        line(out, "input", new InputDescription(events).oneLine());
        line(out, "vocabulary", vocabularyText());
        line(out, "scoring", scoring());
        line(out, "execution", execution());
        line(
                out,
                "state",
                "%,d bytes per sequence: %s, and a header"
                        .formatted(
                                StateCodec.bytesPerSequence(model),
                                model.execution().carries() ? "(h, c) of every layer" : "the events of its window"));
        out.append(new InputDescription(events).fields());
        for (int i = 0; i < model.layers().size(); i++) {
            out.append('\n').append(new LayerDescription(model, i).text());
        }
        for (int i = 0; i < model.heads().size(); i++) {
            out.append('\n');
            describe(out, i);
        }
        return out.toString();
    }

    private void describe(StringBuilder out, int index) {
        Head head = model.heads().get(index);
        String reads = model.wiring().isChain()
                ? ""
                : ", reads layer " + model.wiring().heads().get(index);
        String activation = LayerDescription.name(head.activation());
        line(
                out,
                "head",
                "%s, %d -> %d %s%s"
                        .formatted(
                                head.name().isEmpty() ? "(unnamed)" : head.name(),
                                head.inputs(),
                                head.outputs(),
                                activation,
                                reads));
        if (head.isIdentity()) {
            LayerDescription.vector(out, "y", head.outputs(), activation + "(h), without weights");
        } else {
            LayerDescription.product(
                    out, "y", head.outputs(), head.outputs() + " x " + head.inputs(), activation + "(W h + b)");
        }
    }

    static void line(StringBuilder out, String name, String value) {
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
        if (model.scoring() instanceof ScoringRule.RankAbove above) {
            return "anomalous if the event's rank is above " + above.rank();
        }
        if (model.scoring() instanceof ScoringRule.ProbabilityBelow below) {
            return "anomalous if the event's probability is below " + below.probability();
        }
        return "none, nothing is called anomalous";
    }

    private String execution() {
        if (model.execution().carries()) {
            return "carry: the state goes on from event to event";
        }
        return "window: each event runs the last %d events from zero%s"
                .formatted(
                        model.execution().window(),
                        model.execution().padded() ? ", missing ones are zeros on the left" : "");
    }

    private long parameters() {
        return model.layers().stream().mapToLong(Layer::parameters).sum()
                + model.heads().stream().mapToLong(Head::parameters).sum();
    }

    /** The same for programs: the spec, and every size. */
    String json() {
        try {
            ObjectNode root = (ObjectNode) JSON.readTree(ModelFile.spec(events));
            root.put("fingerprint", model.fingerprintHex());
            root.put("parameters", parameters());
            root.put("stateBytesPerSequence", StateCodec.bytesPerSequence(model));
            for (Layer layer : model.layers()) {
                ObjectNode sizes = root.withArray("/sizes/layers").addObject();
                sizes.put("x", layer.inputSize());
                if (layer instanceof RecurrentLayer cell) {
                    LayerDescription.sizes(sizes, cell);
                } else {
                    sizes.put("y", layer.outputSize());
                }
            }
            for (Head head : model.heads()) {
                ObjectNode size = root.withArray("/sizes/heads").addObject().put("name", head.name());
                if (!head.isIdentity()) {
                    size.putArray("W").add(head.outputs()).add(head.inputs());
                    size.put("b", head.outputs());
                }
                size.put("out", head.outputs());
            }
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + System.lineSeparator();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree that was just built is JSON", e);
        }
    }
}
