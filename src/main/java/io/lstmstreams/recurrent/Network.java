package io.lstmstreams.recurrent;

import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A trained recurrent network: shape and immutable weights. Safe to share among threads.
 *
 * <p>x of {@link #inputSize()} goes into the first layer, each layer's output into the next, the top layer's into every head,
 * unless the wiring says otherwise.
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

    /** A chain whose state goes on from event to event; see the other constructor. */
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
     * @param name what people call it; not part of the fingerprint
     * @param input what an input vector looks like
     * @param layers from the input upwards, at least one
     * @param wiring what each layer and head reads
     * @param heads what turns layers' outputs into results; the first one predicts the next event, if any does
     * @param execution how steps follow each other
     * @param scoring when an event is anomalous
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
            throw new IllegalArgumentException("a model has at least one recurrent layer");
        }
        if (wiring.layers().size() != layers.size() || wiring.heads().size() != heads.size()) {
            throw new IllegalArgumentException(
                    "the wiring is not one of " + layers.size() + " layers and " + heads.size() + " heads");
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

    private void checkEmbedding(int i, EmbeddingLayer embedding) {
        if (!wiring.layers().get(i).equals(List.of(Wiring.INPUT))) {
            throw new IllegalArgumentException("layer " + i + ", an embedding, reads something else than the input");
        }
        if (embedding.offset() > input.size() - embedding.inputSize()) {
            throw new IllegalArgumentException("layer " + i + ", an embedding of " + embedding.inputSize()
                    + " events from line " + embedding.offset() + " on, does not fit an input of " + input.size());
        }
        if (input.encoding() == InputEncoding.ONE_HOT && embedding.inputSize() != input.size()) {
            throw new IllegalArgumentException("layer " + i + ", an embedding, knows " + embedding.inputSize()
                    + " events, but the input is one-hot of " + input.size());
        }
        if (embedding.maskZero() && input.encoding() != InputEncoding.ONE_HOT) {
            throw new IllegalArgumentException("layer " + i + ", an embedding that masks event 0, wants one-hot input");
        }
        if (embedding.maskZero()
                && wiring.layers().stream()
                                .filter(from -> from.contains(Wiring.INPUT))
                                .count()
                        > 1) {
            throw new IllegalArgumentException("layer " + i
                    + ", an embedding that masks event 0, is not the only one that reads the input:"
                    + " which recurrent layers to mask cannot be told");
        }
    }

    private void checkInput(int i, List<Integer> from) {
        Layer layer = layers.get(i);
        if (from.size() != 1 && !(layer instanceof MergeLayer)) {
            throw new IllegalArgumentException("layer " + i + " reads " + from.size() + " layers, not one");
        }
        int given = from.stream().mapToInt(this::outputSize).sum();
        if (given != layer.inputSize()) {
            throw new IllegalArgumentException("layer " + i + " takes " + layer.inputSize() + " values, but "
                    + (from.size() == 1 ? nameOf(from.get(0)) + " gives " : "what it reads gives ") + given);
        }
    }

    private void checkHeads() {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < heads.size(); i++) {
            Head head = heads.get(i);
            int from = wiring.heads().get(i);
            if (from < 0 || from >= layers.size()) {
                throw new IllegalArgumentException("head " + head.name() + " reads layer " + from + ", which is none");
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

    /** The length of a layer's output, or of x for {@link Wiring#INPUT}. */
    int outputSize(int layer) {
        return layer == Wiring.INPUT ? input.size() : layers.get(layer).outputSize();
    }

    /** What people call it. */
    public String name() {
        return name;
    }

    /** What an input vector looks like. */
    public InputShape input() {
        return input;
    }

    /** What an input vector looks like, in one word. */
    public InputEncoding encoding() {
        return input.encoding();
    }

    /** The length of x. */
    public int inputSize() {
        return input.size();
    }

    /** The layers from the input upwards. */
    public List<Layer> layers() {
        return layers;
    }

    /** The layers that remember, from the input upwards. */
    public List<RecurrentLayer> recurrentLayers() {
        return layers.stream()
                .filter(RecurrentLayer.class::isInstance)
                .map(RecurrentLayer.class::cast)
                .toList();
    }

    /** What each layer and head reads. */
    public Wiring wiring() {
        return wiring;
    }

    /** The heads; the first one is the one that predicts the next event, if any does. */
    public List<Head> heads() {
        return heads;
    }

    /** How steps follow each other. */
    public Execution execution() {
        return execution;
    }

    /** When an event is anomalous. */
    public ScoringRule scoring() {
        return scoring;
    }

    /** The length of what the first head says; 0 without a head. */
    public int firstHeadOutputs() {
        return heads.isEmpty() ? 0 : heads.get(0).outputs();
    }

    /**
     * Whether the first head is a distribution over the events of the input, so that it predicts the next one and can
     * rate the one that comes. It may have one output more than there are events: the end of a sequence.
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

    /** The number of events that have an index, the end of a sequence with them where it is predicted. */
    public int events() {
        return predictsEvents() ? heads.get(0).outputs() : input.events();
    }

    /**
     * The recurrent layer, counted among the recurrent ones, whose h the first head reads; -1 if it reads something else,
     * or there is no head. Only then can a prediction be told from the recurrent state alone.
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
     * SHA-256 over shape and weights: equal for equal arithmetic, whatever file the model came from. Names, scoring and the
     * events' names are no part of it. 32 bytes, a copy.
     */
    public byte[] fingerprint() {
        return fingerprint.clone();
    }

    /** {@link #fingerprint()} in 64 hexadecimal digits. */
    public String fingerprintHex() {
        return HexFormat.of().formatHex(fingerprint);
    }
}
