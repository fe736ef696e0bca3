package io.lstmstreams.modelfile;

import com.fasterxml.jackson.databind.JsonNode;
import io.lstmstreams.input.EventModel;
import io.lstmstreams.input.Vocabulary;
import io.lstmstreams.modelfile.ModelSpec.Layer;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.recurrent.Activation;
import io.lstmstreams.recurrent.InputEncoding;
import io.lstmstreams.recurrent.LstmLayer;
import io.lstmstreams.recurrent.Model;
import io.lstmstreams.recurrent.ScoringRule;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/** Puts tensors and a whole spec together: what the spec claims is checked against what the tensors are. */
final class ModelAssembler {
    private final String where;
    private final StateDict tensors;
    private final ModelSpec spec;

    ModelAssembler(String where, StateDict tensors, ModelSpec spec) {
        this.where = where;
        this.tensors = tensors;
        this.spec = spec;
    }

    EventModel assemble(String defaultName) {
        checkWhole();
        try {
            List<LstmLayer> layers = layers();
            checkExecution();
            Model network = new Model(
                    Objects.requireNonNullElse(spec.name(), defaultName),
                    encoding(),
                    layers,
                    tensors.heads(
                            spec.heads().stream().map(ModelSpec.Head::name).toList(), activations()),
                    scoring());
            if (spec.input().size() != network.inputSize()) {
                throw new Malformed(
                        where,
                        "the spec says input size " + spec.input().size() + ", the first layer takes "
                                + network.inputSize());
            }
            return new EventModel(network, vocabulary(network));
        } catch (IllegalArgumentException e) {
            throw new Malformed(where, e.getMessage());
        }
    }

    /** What a spec taken from tensors always has may have been taken away by the one laid over it. */
    private void checkWhole() {
        require(spec.input() != null && spec.input().size() != null, "input size");
        require(spec.layers() != null && spec.layers().stream().allMatch(Objects::nonNull), "layers");
        require(
                spec.heads() != null
                        && spec.heads().stream()
                                .allMatch(head -> head != null && head.name() != null && head.activation() != null),
                "heads with name and activation");
        if (spec.heads().size() != tensors.headCount()) {
            throw new Malformed(
                    where, "the spec has " + spec.heads().size() + " heads, the tensors " + tensors.headCount());
        }
    }

    private void require(boolean there, String what) {
        if (!there) {
            throw new Malformed(where, "the spec takes away the " + what);
        }
    }

    private List<LstmLayer> layers() {
        IntStream.range(0, spec.layers().size())
                .forEach(i -> checkSupported(i, spec.layers().get(i)));
        List<LstmLayer> layers = tensors.lstmLayers(
                spec.layers().stream().map(ModelAssembler::forgetBias).toList());
        if (spec.layers().size() != layers.size()) {
            throw new Malformed(
                    where, "the spec has " + spec.layers().size() + " layers, the tensors " + layers.size());
        }
        for (int i = 0; i < layers.size(); i++) {
            Integer units = spec.layers().get(i).units();
            if (units != null && units != layers.get(i).units()) {
                throw new Malformed(
                        where,
                        "the spec says " + units + " units for layer " + i + ", the tensors have "
                                + layers.get(i).units());
            }
        }
        return layers;
    }

    private void checkSupported(int index, Layer layer) {
        String at = where + ": layer " + index;
        if (layer.cell() != null && !layer.cell().equals("lstm")) {
            throw new Unsupported(at, "cell " + layer.cell() + " is not supported, only lstm is");
        }
        if (isOther(layer.activation(), "tanh")) {
            throw new Unsupported(at, "activation " + layer.activation() + " is not supported, only tanh is");
        }
        if (isOther(layer.recurrentActivation(), "sigmoid")) {
            throw new Unsupported(
                    at, "recurrentActivation " + layer.recurrentActivation() + " is not supported, only sigmoid is");
        }
        if (Boolean.TRUE.equals(layer.peepholes())) {
            throw new Unsupported(at, "peepholes are not supported");
        }
        if (layer.cellClip() != null || layer.projection() != null || layer.projectionClip() != null) {
            throw new Unsupported(at, "cellClip, projection and projectionClip are not supported");
        }
    }

    private static boolean isOther(JsonNode value, String supported) {
        if (value == null || value.isNull()) {
            return false;
        }
        boolean named = value.isObject() && value.size() == 1; // {"name":"tanh"} is "tanh"
        return !supported.equals((named ? value.path("name") : value).textValue());
    }

    private static float forgetBias(Layer layer) {
        if (layer.forgetBias() == null) {
            return 0f;
        }
        float bias = layer.forgetBias().floatValue();
        if (!Float.isFinite(bias)) {
            throw new IllegalArgumentException("the spec's forgetBias is not a finite number");
        }
        return bias;
    }

    private List<Activation> activations() {
        return spec.heads().stream()
                .map(head -> Arrays.stream(Activation.values())
                        .filter(activation -> activation.specName().equals(head.activation()))
                        .findFirst()
                        .orElseThrow(() -> new Unsupported(
                                where + ": head " + head.name(),
                                "activation " + head.activation() + " is not supported, only softmax and linear are")))
                .toList();
    }

    private InputEncoding encoding() {
        return Arrays.stream(InputEncoding.values())
                .filter(encoding -> encoding.specName().equals(spec.input().encoding()))
                .findFirst()
                .orElseThrow(() -> new Unsupported(
                        where,
                        "input encoding " + spec.input().encoding() + " is not supported, only one-hot and dense are"));
    }

    private void checkExecution() {
        if (spec.execution() != null
                && spec.execution().mode() != null
                && !spec.execution().mode().equals("carry")) {
            throw new Unsupported(
                    where, "execution mode " + spec.execution().mode() + " is not supported, only carry is");
        }
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
                where, "the spec's scoring is neither rank-above with a rank nor probability-below with a probability");
    }

    private Vocabulary vocabulary(Model network) {
        ModelSpec.Input input = spec.input();
        if (input.vocabulary() == null) {
            if (input.end() != null || input.unknown() != null) {
                throw new Malformed(where, "the spec names an end or unknown symbol, but has no vocabulary");
            }
            return Vocabulary.ofSize(network.inputSize());
        }
        return Vocabulary.of(network.inputSize(), input.vocabulary(), input.end(), input.unknown());
    }
}
