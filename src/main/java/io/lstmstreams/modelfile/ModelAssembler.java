package io.lstmstreams.modelfile;

import com.fasterxml.jackson.databind.JsonNode;
import io.lstmstreams.input.Model;
import io.lstmstreams.input.Vocabulary;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.Tensor;
import io.lstmstreams.recurrent.Activation;
import io.lstmstreams.recurrent.Execution;
import io.lstmstreams.recurrent.Head;
import io.lstmstreams.recurrent.InputShape;
import io.lstmstreams.recurrent.Layer;
import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.ScoringRule;
import io.lstmstreams.recurrent.Wiring;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Builds a model from parameters and a complete spec, and checks the spec against the tensors' shapes. */
final class ModelAssembler {
    private final String where;
    private final ModelContent content;
    private final ModelSpec spec;
    private final List<Layer> layers = new ArrayList<>();
    private final List<List<Integer>> wiring = new ArrayList<>(); // the inputs of each layer
    private final List<Integer> headWiring = new ArrayList<>();

    /**
     * @param where the file's name for the user, for errors
     * @param spec the content's spec with the user's spec laid over it
     */
    ModelAssembler(String where, ModelContent content, ModelSpec spec) {
        this.where = where;
        this.content = content;
        this.spec = spec;
    }

    Model assemble(String defaultName) {
        checkWhole();
        try {
            for (int i = 0; i < spec.layers().size(); i++) {
                addLayer(i);
            }
            List<Head> heads = new ArrayList<>();
            for (int i = 0; i < spec.heads().size(); i++) {
                heads.add(head(i));
            }
            InputAssembler input = new InputAssembler(where, spec.input());
            InputShape shape = input.shape(heads.isEmpty() ? 0 : heads.get(0).outputs());
            Network network = new Network(
                    Objects.requireNonNullElse(spec.name(), defaultName),
                    shape,
                    layers,
                    new Wiring(wiring, headWiring),
                    heads,
                    execution(),
                    scoring());
            Vocabulary vocabulary = input.vocabulary(network);
            return new Model(network, vocabulary, input.inputFields(vocabulary));
        } catch (IllegalArgumentException e) {
            throw new Malformed(where, e.getMessage());
        } catch (ArithmeticException e) {
            throw new Unsupported(where, "has a layer of more than 2^31 weights");
        }
    }

    /** Checks the fields that every spec of tensors has: the user's spec may have removed them. */
    private void checkWhole() {
        require(spec.input() != null && spec.input().size() != null, "input size");
        require(spec.layers() != null && spec.layers().stream().allMatch(Objects::nonNull), "layers");
        require(
                spec.heads() != null
                        && spec.heads().stream().allMatch(head -> head != null && !isMissing(head.activation())),
                "heads with an activation");
        if (spec.layers().size() != content.layers().size()) {
            throw new Malformed(
                    where,
                    "the spec has " + spec.layers().size() + " layers, but the tensors have "
                            + content.layers().size());
        }
        if (spec.heads().size() != content.heads().size() && !spec.heads().isEmpty()) {
            throw new Malformed(
                    where,
                    "the spec has " + spec.heads().size() + " heads, but the tensors have "
                            + content.heads().size());
        }
        if (spec.heads().isEmpty() && content.heads().stream().anyMatch(head -> !head.isEmpty())) {
            throw new Malformed(
                    where,
                    "the spec has no heads, but the tensors have "
                            + content.heads().size());
        }
    }

    private static boolean isMissing(JsonNode node) {
        return node == null || node.isNull();
    }

    private void require(boolean present, String what) {
        if (!present) {
            throw new Malformed(where, "the spec must not remove the " + what);
        }
    }

    private void addLayer(int i) {
        ModelSpec.Layer layer = spec.layers().get(i);
        List<Integer> from = layer.from() == null ? List.of(i - 1) : layer.from();
        List<Integer> sizes = new ArrayList<>();
        for (Integer below : from) {
            if (below == null || below < Wiring.INPUT || below >= i) {
                throw new Malformed(
                        where, "layer " + i + " reads layer " + below + ", but a layer can read only layers before it");
            }
            sizes.add(
                    below == Wiring.INPUT
                            ? spec.input().size()
                            : layers.get(below).outputSize());
        }
        String at = where + ": layer " + i + (layer.cell() == null ? "" : " (" + layer.cell() + ")");
        Parameters parameters = new Parameters(at, content.layers().get(i));
        try {
            layers.add(new LayerAssembler(layer, parameters, sizes).assemble());
        } catch (IllegalArgumentException e) {
            throw new Malformed(at, e.getMessage());
        }
        wiring.add(from);
    }

    private Head head(int i) {
        ModelSpec.Head head = spec.heads().get(i);
        int from = head.from() == null ? layers.size() - 1 : head.from();
        headWiring.add(from);
        String name = head.name() == null ? "" : head.name();
        String at = where + ": head " + (name.isEmpty() ? i : name);
        Activation activation = ActivationSpec.read(head.activation(), Activation.LINEAR, at);
        Map<String, Tensor> tensors = content.heads().get(i);
        if (tensors.isEmpty()) {
            if (from < 0 || from >= layers.size()) {
                throw new Malformed(at, "reads layer " + from + ", which does not exist");
            }
            return Head.identity(name, activation, layers.get(from).outputSize());
        }
        Parameters parameters = new Parameters(at, tensors);
        Tensor weight = parameters.matrix("weight");
        int outputs = (int) weight.shape()[0];
        float[] bias = parameters.valuesOr("bias", 0f, outputs);
        parameters.checkAllTaken();
        return new Head(name, activation, (int) weight.shape()[1], outputs, weight.values(), bias);
    }

    private Execution execution() {
        ModelSpec.Execution execution = spec.execution();
        if (execution == null || execution.mode() == null || execution.mode().equals("carry")) {
            return Execution.CARRY;
        }
        if (!execution.mode().equals("window")) {
            throw new Unsupported(
                    where, "execution mode " + execution.mode() + " is not supported; supported: carry and window");
        }
        if (execution.length() == null || execution.length() < 1) {
            throw new Malformed(
                    where, "execution mode window requires a length of at least 1, the number of events in a window");
        }
        if (execution.padding() != null && !List.of("none", "zeros").contains(execution.padding())) {
            throw new Unsupported(
                    where, "padding " + execution.padding() + " is not supported; supported: zeros and none");
        }
        return new Execution(execution.length(), "zeros".equals(execution.padding()));
    }

    private ScoringRule scoring() {
        ModelSpec.Scoring scoring = spec.scoring();
        if (scoring == null) {
            return new ScoringRule.None();
        }
        if ("rank-above".equals(scoring.rule()) && scoring.rank() != null) {
            return new ScoringRule.RankAbove(scoring.rank());
        }
        if ("probability-below".equals(scoring.rule()) && scoring.probability() != null) {
            return new ScoringRule.ProbabilityBelow(scoring.probability());
        }
        throw new Malformed(
                where, "the spec's scoring must be rank-above with a rank or probability-below with a probability");
    }
}
