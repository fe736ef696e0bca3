package io.lstmstreams.recurrent;

import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A trained recurrent network: layers, wiring, heads and their immutable weights. Safe for any number of threads.
 *
 * <p>By default the first layer reads the input x, each other layer reads the layer below, and every head reads the top
 * layer. A {@link Wiring} can change this.
 */
public final class Network {
    private final String name;
    private final InputShape input;
    private final List<Layer> layers;
    private final Wiring wiring;
    private final List<Head> heads;
    private final Execution execution;
    private final ScoringRule scoring;
    private final byte[] fingerprint;

    /** Creates a chain of layers whose state is carried from event to event. */
    public Network(
            String name, InputEncoding encoding, List<? extends Layer> layers, List<Head> heads, ScoringRule scoring) {
        this(
                name,
                InputShape.of(encoding, layers.isEmpty() ? 1 : layers.get(0).inputSize()),
                layers,
                Wiring.chain(layers.size(), heads.size()),
                heads,
                Execution.CARRY,
                scoring);
    }

    /**
     * Creates a network.
     *
     * @param name the name that people use; not part of the fingerprint
     * @param input the shape of the input vector
     * @param layers the layers from the input upwards, at least one of them recurrent
     * @param wiring the inputs of each layer and head
     * @param heads the heads; only the first one may predict the next event
     * @param execution the way in which a sequence advances from event to event
     * @param scoring the rule by which an event is anomalous
     * @throws IllegalArgumentException if the parts do not fit together
     */
    public Network(
            String name,
            InputShape input,
            List<? extends Layer> layers,
            Wiring wiring,
            List<Head> heads,
            Execution execution,
            ScoringRule scoring) {
        this.name = name;
        this.input = input;
        this.layers = List.copyOf(layers);
        this.wiring = wiring;
        this.heads = List.copyOf(heads);
        this.execution = execution;
        this.scoring = scoring;
        checkLayers();
        checkHeads();
        this.fingerprint = Fingerprint.of(this);
    }

    private void checkLayers() {
        if (layers.stream().noneMatch(RecurrentLayer.class::isInstance)) {
            throw new IllegalArgumentException("a network must have at least one recurrent layer");
        }
        if (wiring.layers().size() != layers.size() || wiring.heads().size() != heads.size()) {
            throw new IllegalArgumentException(
                    "the wiring must have " + layers.size() + " layers and " + heads.size() + " heads, but has "
                            + wiring.layers().size() + " and " + wiring.heads().size());
        }
        for (int i = 0; i < layers.size(); i++) {
            List<Integer> from = wiring.layers().get(i);
            for (int below : from) {
                if (below < Wiring.INPUT || below >= i) {
                    throw new IllegalArgumentException(
                            "layer " + i + " reads layer " + below + ", which does not come before it");
                }
            }
            if (layers.get(i) instanceof EmbeddingLayer embedding) {
                checkEmbedding(i, embedding);
            } else {
                checkInput(i, from);
            }
        }
    }

    private void checkEmbedding(int index, EmbeddingLayer embedding) {
        if (!wiring.layers().get(index).equals(List.of(Wiring.INPUT))) {
            throw new IllegalArgumentException("layer " + index + ", an embedding, must read the network's input");
        }
        if (embedding.offset() > input.size() - embedding.inputSize()) {
            throw new IllegalArgumentException("layer " + index + ", an embedding of " + embedding.inputSize()
                    + " events from input index " + embedding.offset() + ", does not fit an input of " + input.size());
        }
        if (input.encoding() == InputEncoding.ONE_HOT && embedding.inputSize() != input.size()) {
            throw new IllegalArgumentException("layer " + index + ", an embedding, has " + embedding.inputSize()
                    + " events, but the one-hot input has " + input.size());
        }
        if (embedding.maskZero() && input.encoding() != InputEncoding.ONE_HOT) {
            throw new IllegalArgumentException(
                    "layer " + index + ", an embedding that masks event 0, requires one-hot input");
        }
        if (embedding.maskZero()
                && wiring.layers().stream()
                                .filter(from -> from.contains(Wiring.INPUT))
                                .count()
                        > 1) {
            throw new IllegalArgumentException("layer " + index
                    + ", an embedding that masks event 0, must be the only layer that reads the input:"
                    + " otherwise the recurrent layers to mask are ambiguous");
        }
    }

    private void checkInput(int index, List<Integer> from) {
        Layer layer = layers.get(index);
        if (from.size() != 1 && !(layer instanceof MergeLayer)) {
            throw new IllegalArgumentException("layer " + index + " must read one layer, but reads " + from.size());
        }
        int given = from.stream().mapToInt(this::outputSize).sum();
        if (given != layer.inputSize()) {
            throw new IllegalArgumentException("layer " + index + " takes " + layer.inputSize() + " values, but "
                    + (from.size() == 1 ? nameOf(from.get(0)) + " gives " : "the layers that it reads give ") + given);
        }
    }

    private void checkHeads() {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < heads.size(); i++) {
            Head head = heads.get(i);
            int from = wiring.heads().get(i);
            if (from < 0 || from >= layers.size()) {
                throw new IllegalArgumentException(
                        "head " + head.name() + " reads layer " + from + ", which does not exist");
            }
            if (head.inputs() != outputSize(from)) {
                throw new IllegalArgumentException("head " + head.name() + " takes " + head.inputs() + " values, but "
                        + nameOf(from) + " gives " + outputSize(from));
            }
            if (!names.add(head.name())) {
                throw new IllegalArgumentException("two heads are named " + head.name());
            }
        }
    }

    private String nameOf(int layer) {
        if (layer == Wiring.INPUT) {
            return "the input";
        }
        return layer == layers.size() - 1 ? "the top layer" : "layer " + layer;
    }

    /** Returns the length of a layer's output, or of x for {@link Wiring#INPUT}. */
    int outputSize(int layer) {
        return layer == Wiring.INPUT ? input.size() : layers.get(layer).outputSize();
    }

    /** Returns the name that people use. */
    public String name() {
        return name;
    }

    /** Returns the shape of the input vector. */
    public InputShape input() {
        return input;
    }

    /** Returns the encoding of the input vector. */
    public InputEncoding encoding() {
        return input.encoding();
    }

    /** Returns the length of x. */
    public int inputSize() {
        return input.size();
    }

    /** Returns the layers from the input upwards. */
    public List<Layer> layers() {
        return layers;
    }

    /** Returns the recurrent layers from the input upwards. */
    public List<RecurrentLayer> recurrentLayers() {
        return layers.stream()
                .filter(RecurrentLayer.class::isInstance)
                .map(RecurrentLayer.class::cast)
                .toList();
    }

    /** Returns the inputs of each layer and head. */
    public Wiring wiring() {
        return wiring;
    }

    /** Returns the heads. Only the first one may predict the next event. */
    public List<Head> heads() {
        return heads;
    }

    /** Returns the way in which a sequence advances from event to event. */
    public Execution execution() {
        return execution;
    }

    /** Returns the rule by which an event is anomalous. */
    public ScoringRule scoring() {
        return scoring;
    }

    /** Returns the number of the first head's logits; 0 without a head. */
    public int firstHeadOutputs() {
        return heads.isEmpty() ? 0 : heads.get(0).outputs();
    }

    /**
     * Returns whether the first head is a distribution over the events, so that it predicts the next event and scores
     * the observed one. The head may have one more output than there are events: the end of a sequence.
     */
    public boolean predictsEvents() {
        if (heads.isEmpty()
                || !heads.get(0).activation().isDistribution()
                || heads.get(0).outputs() < 2) {
            return false;
        }
        int outputs = heads.get(0).outputs();
        return switch (input.encoding()) {
            case ONE_HOT, FIELDS -> outputs == input.events() || outputs == input.events() + 1;
            case INDEX -> true;
            case DENSE -> false;
        };
    }

    /** Returns the number of events that have an index, including the end of a sequence if it is predicted. */
    public int events() {
        return predictsEvents() ? heads.get(0).outputs() : input.events();
    }

    /**
     * Returns the recurrent layer whose h the first head reads. With such a layer, the recurrent state alone yields the
     * prediction.
     *
     * @return the layer's index among the recurrent layers; -1 if the head reads anything else, or there is no head
     */
    int recurrentLayerOfFirstHead() {
        if (heads.isEmpty() || !execution.carries()) {
            return -1;
        }
        int from = wiring.heads().get(0);
        if (!(layers.get(from) instanceof RecurrentLayer)) {
            return -1;
        }
        return (int) IntStream.range(0, from)
                .filter(i -> layers.get(i) instanceof RecurrentLayer)
                .count();
    }

    /**
     * Returns the SHA-256 of shape and weights. It is equal for equal arithmetic, whatever file the network comes from.
     * The network's name, the scoring and the events' names are not part of it.
     *
     * @return 32 bytes, a copy
     */
    public byte[] fingerprint() {
        return fingerprint.clone();
    }

    /** Returns the {@link #fingerprint()} as 64 hexadecimal digits. */
    public String fingerprintHex() {
        return HexFormat.of().formatHex(fingerprint);
    }
}
