package io.lstmstreams.modelfile;

import io.lstmstreams.input.Model;
import io.lstmstreams.input.Vocabulary;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.Tensor;
import io.lstmstreams.recurrent.Activation;
import io.lstmstreams.recurrent.Head;
import io.lstmstreams.recurrent.InputShape;
import io.lstmstreams.recurrent.Layer;
import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.Wiring;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Builds a model from parameters and a complete spec, and checks the spec against the tensors' shapes. */
final class ModelAssembler {
    private final String where;
    private final ModelContent content;
    private final ModelSpec spec;
    private final InputSpec input;
    private final List<ModelSpec.Layer> layerSpecs;
    private final List<ModelSpec.Head> headSpecs;
    private final List<Layer> layers = new ArrayList<>();
    private final List<List<Integer>> wiring = new ArrayList<>(); // the inputs of each layer
    private final List<Integer> headWiring = new ArrayList<>();

    /**
     * @param where the file's name for the user, for errors
     * @param spec the content's spec with the user's spec laid over it
     * @throws Malformed if the user's spec has removed a field that every spec of tensors has
     */
    ModelAssembler(String where, ModelContent content, ModelSpec spec) {
        this.where = where;
        this.content = content;
        this.spec = spec;
        this.input = new InputSpec(where, spec.input());
        this.layerSpecs = complete(spec.layers(), Objects::nonNull, "layers");
        this.headSpecs = complete(spec.heads(), ModelAssembler::hasActivation, "heads with an activation");
    }

    private <T> List<T> complete(@Nullable List<T> parts, Predicate<T> isComplete, String what) {
        if (parts == null || !parts.stream().allMatch(isComplete)) {
            throw new Malformed(where, "the spec must not remove the " + what);
        }
        return parts;
    }

    private static boolean hasActivation(ModelSpec.@Nullable Head head) {
        return head != null && head.activation() != null && !head.activation().isNull();
    }

    Model assemble(String defaultName) {
        checkCounts();
        try {
            for (int i = 0; i < layerSpecs.size(); i++) {
                addLayer(i);
            }
            List<Head> heads = new ArrayList<>();
            for (int i = 0; i < headSpecs.size(); i++) {
                heads.add(head(i));
            }
            InputShape shape = input.shape(heads.isEmpty() ? 0 : heads.get(0).outputs());
            Network network = new Network(
                    Objects.requireNonNullElse(spec.name(), defaultName),
                    shape,
                    layers,
                    new Wiring(wiring, headWiring),
                    heads,
                    ExecutionSpec.read(spec.execution(), where),
                    ScoringSpec.read(spec.scoring(), where));
            Vocabulary vocabulary = input.vocabulary(network);
            return new Model(network, vocabulary, input.inputFields(vocabulary));
        } catch (IllegalArgumentException e) {
            throw new Malformed(where, String.valueOf(e.getMessage()));
        } catch (ArithmeticException e) {
            throw new Unsupported(where, "has a layer of more than 2^31 weights");
        }
    }

    private void checkCounts() {
        int heads = content.heads().size();
        if (layerSpecs.size() != content.layers().size()) {
            throw new Malformed(
                    where,
                    "the spec has " + layerSpecs.size() + " layers, but the tensors have "
                            + content.layers().size());
        }
        if (headSpecs.size() != heads && !headSpecs.isEmpty()) {
            throw new Malformed(where, "the spec has " + headSpecs.size() + " heads, but the tensors have " + heads);
        }
        if (headSpecs.isEmpty() && content.heads().stream().anyMatch(head -> !head.isEmpty())) {
            throw new Malformed(where, "the spec has no heads, but the tensors have " + heads);
        }
    }

    private void addLayer(int i) {
        ModelSpec.Layer layer = layerSpecs.get(i);
        List<Integer> from = layer.from() == null ? List.of(i - 1) : layer.from();
        List<Integer> sizes = new ArrayList<>();
        for (Integer below : from) {
            if (below == null || below < Wiring.INPUT || below >= i) {
                throw new Malformed(
                        where, "layer " + i + " reads layer " + below + ", but a layer can read only layers before it");
            }
            sizes.add(below == Wiring.INPUT ? input.size() : layers.get(below).outputSize());
        }
        String at = where + ": layer " + i + (layer.cell() == null ? "" : " (" + layer.cell() + ")");
        Parameters parameters = new Parameters(at, content.layers().get(i));
        try {
            layers.add(new LayerContent(layer, parameters, sizes).toLayer());
        } catch (IllegalArgumentException e) {
            throw new Malformed(at, String.valueOf(e.getMessage()));
        }
        wiring.add(from);
    }

    private Head head(int i) {
        ModelSpec.Head head = headSpecs.get(i);
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
}
