package io.lstmstreams.modelfile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.input.InputField;
import io.lstmstreams.input.Model;
import io.lstmstreams.input.Vocabulary;
import io.lstmstreams.recurrent.Activation;
import io.lstmstreams.recurrent.ActivationLayer;
import io.lstmstreams.recurrent.DenseLayer;
import io.lstmstreams.recurrent.EmbeddingLayer;
import io.lstmstreams.recurrent.Execution;
import io.lstmstreams.recurrent.GruLayer;
import io.lstmstreams.recurrent.InputEncoding;
import io.lstmstreams.recurrent.Layer;
import io.lstmstreams.recurrent.LstmLayer;
import io.lstmstreams.recurrent.LstmOptions;
import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.NormalisationLayer;
import io.lstmstreams.recurrent.RnnLayer;
import io.lstmstreams.recurrent.ScaleLayer;
import io.lstmstreams.recurrent.ScoringRule;
import io.lstmstreams.recurrent.SliceLayer;
import java.util.List;

/** Writes a model's spec without settings that have their default. */
final class SpecWriter {
    private final Model model;
    private final Network network;

    SpecWriter(Model model) {
        this.model = model;
        this.network = model.network();
    }

    /** Returns the complete spec as one line of JSON. */
    String write() {
        ObjectNode spec = ModelSpec.JSON.createObjectNode().put("name", network.name());
        spec.set("input", input());
        spec.putArray("layers");
        boolean chain = network.wiring().isChain();
        for (int i = 0; i < network.layers().size(); i++) {
            ObjectNode layer = layer(network.layers().get(i));
            if (!chain) {
                layer.set(
                        "from",
                        ModelSpec.JSON.valueToTree(network.wiring().layers().get(i)));
            }
            spec.withArray("/layers").add(layer);
        }
        spec.putArray("heads");
        for (int i = 0; i < network.heads().size(); i++) {
            ObjectNode head = spec.withArray("/heads").addObject();
            head.put("name", network.heads().get(i).name());
            head.set("activation", ActivationSpec.write(network.heads().get(i).activation()));
            if (!chain) {
                head.put("from", network.wiring().heads().get(i));
            }
        }
        spec.set("execution", execution());
        if (!(network.scoring() instanceof ScoringRule.None)) {
            spec.set("scoring", scoring(network.scoring()));
        }
        return spec.toString();
    }

    private ObjectNode input() {
        Vocabulary vocabulary = model.vocabulary();
        ObjectNode input = ModelSpec.JSON.createObjectNode();
        input.put("encoding", network.encoding().specName());
        input.put("size", network.inputSize());
        if (vocabulary.hasSymbols()) {
            input.set("vocabulary", ModelSpec.JSON.valueToTree(symbolsWithoutLastEnd(vocabulary)));
        }
        if (vocabulary.hasEnd()) {
            input.put("end", vocabulary.symbol(vocabulary.end()));
        }
        if (vocabulary.unknown() >= 0) {
            input.put("unknown", vocabulary.symbol(vocabulary.unknown()));
        }
        if (network.encoding() == InputEncoding.INDEX && !model.fields().isEmpty()) {
            scale(input, (InputField.Number) model.fields().get(0));
        } else {
            model.fields().forEach(field -> input.withArray("/fields").add(field(field)));
        }
        return input;
    }

    /** Returns the names as {@code --vocabulary} takes them: without an end symbol in the last place. */
    private static List<String> symbolsWithoutLastEnd(Vocabulary vocabulary) {
        boolean endIsLast = vocabulary.end() == vocabulary.size() - 1 && vocabulary.size() > 1;
        return vocabulary.symbols().subList(0, endIsLast ? vocabulary.end() : vocabulary.size());
    }

    private ObjectNode field(InputField field) {
        ObjectNode node = ModelSpec.JSON.createObjectNode();
        if (field instanceof InputField.OneHot oneHot) {
            node.put("field", oneHot.pointer()).put("encoding", "one-hot").put("size", oneHot.size());
            Vocabulary own = oneHot.vocabulary();
            if (own.hasSymbols() && own != model.vocabulary()) {
                node.set("vocabulary", ModelSpec.JSON.valueToTree(own.symbols()));
                if (own.unknown() >= 0) {
                    node.put("unknown", own.symbol(own.unknown()));
                }
            }
        } else if (field instanceof InputField.Number number) {
            scale(node.put("field", number.pointer()).put("encoding", "number"), number);
        } else if (field instanceof InputField.Vector vector) {
            node.put("field", vector.pointer()).put("encoding", "dense").put("size", vector.size());
        } else {
            InputField.SinceLast time = (InputField.SinceLast) field;
            node.put("encoding", time.unit().specName())
                    .put("scale", time.scale())
                    .put("offset", time.offset());
        }
        return node;
    }

    private static void scale(ObjectNode node, InputField.Number number) {
        node.put("scale", number.scale()).put("offset", number.offset());
    }

    private static ObjectNode layer(Layer layer) {
        ObjectNode node = ModelSpec.JSON.createObjectNode().put("cell", layer.cell());
        if (layer instanceof LstmLayer lstm) {
            lstm(node.put("units", lstm.units()), lstm.options());
        } else if (layer instanceof GruLayer gru) {
            node.put("units", gru.units());
            activation(node, "activation", gru.options().activation(), Activation.TANH);
            activation(node, "recurrentActivation", gru.options().recurrentActivation(), Activation.SIGMOID);
            node.put("resetAfter", gru.options().resetAfter());
            limit(node, "clip", gru.options().clip());
        } else if (layer instanceof RnnLayer rnn) {
            node.put("units", rnn.units());
            activation(node, "activation", rnn.activation(), Activation.TANH);
            limit(node, "clip", rnn.clip());
        } else if (layer instanceof DenseLayer dense) {
            node.put("units", dense.outputSize());
            activation(node, "activation", dense.activation(), Activation.LINEAR);
        } else if (layer instanceof EmbeddingLayer embedding) {
            node.put("size", embedding.outputSize());
            if (embedding.offset() > 0) {
                node.put("offset", embedding.offset());
            }
            if (embedding.maskZero()) {
                node.put("maskZero", true);
            }
        } else if (layer instanceof ScaleLayer) {
            node.put("epsilon", 0.0);
        } else if (layer instanceof NormalisationLayer norm) {
            node.put("epsilon", norm.epsilon());
        } else if (layer instanceof ActivationLayer function) {
            node.set("activation", ActivationSpec.write(function.activation()));
        } else if (layer instanceof SliceLayer slice) {
            node.put("offset", slice.offset()).put("units", slice.outputSize());
        }
        return node;
    }

    private static void lstm(ObjectNode node, LstmOptions options) {
        activation(node, "activation", options.activation(), Activation.TANH);
        activation(node, "outputActivation", options.outputActivation(), options.activation());
        activation(node, "recurrentActivation", options.recurrentActivation(), Activation.SIGMOID);
        if (options.peepholes() != null) {
            node.put("peepholes", true);
        }
        limit(node, "cellClip", options.cellClip());
        if (options.projection() != null) {
            node.put(
                    "projection",
                    options.projection().length / node.get("units").intValue());
        }
        limit(node, "projectionClip", options.projectionClip());
        limit(node, "clip", options.gateClip());
        if (options.inputForget()) {
            node.put("inputForget", true);
        }
        if (options.norm() != null) {
            node.put("layerNorm", true).put("epsilon", options.norm().epsilon());
        }
    }

    private static void activation(ObjectNode node, String name, Activation activation, Activation usual) {
        if (!activation.equals(usual)) {
            node.set(name, ActivationSpec.write(activation));
        }
    }

    private static void limit(ObjectNode node, String name, float limit) {
        if (limit > 0f) {
            node.put(name, limit);
        }
    }

    private ObjectNode execution() {
        Execution execution = network.execution();
        ObjectNode node = ModelSpec.JSON.createObjectNode();
        if (execution.carries()) {
            return node.put("mode", "carry");
        }
        return node.put("mode", "window")
                .put("length", execution.window())
                .put("padding", execution.padded() ? "zeros" : "none");
    }

    private static ObjectNode scoring(ScoringRule rule) {
        ObjectNode node = ModelSpec.JSON.createObjectNode();
        if (rule instanceof ScoringRule.RankAbove above) {
            return node.put("rule", "rank-above").put("rank", above.rank());
        }
        return node.put("rule", "probability-below")
                .put("probability", ((ScoringRule.ProbabilityBelow) rule).probability());
    }
}
