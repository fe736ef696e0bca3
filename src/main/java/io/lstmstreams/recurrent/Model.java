package io.lstmstreams.recurrent;

import java.util.HexFormat;
import java.util.List;

/**
 * A trained recurrent network: shape and immutable weights. Safe to share among threads.
 *
 * <p>x of {@link #inputSize()} goes into the first layer, each layer's h into the next, the top layer's h into every head.
 */
public final class Model {
    private final String name;
    private final InputEncoding encoding;
    private final List<LstmLayer> layers;
    private final List<Head> heads;
    private final ScoringRule scoring;
    private final byte[] fingerprint;

    /**
     * @param name what people call it; not part of the fingerprint
     * @param encoding what an input vector looks like
     * @param layers from the input upwards, at least one, each taking what the one below gives
     * @param heads at least one, each taking the top layer's h
     * @param scoring when an event is anomalous
     * @throws IllegalArgumentException if the parts do not fit together
     */
    public Model(String name, InputEncoding encoding, List<LstmLayer> layers, List<Head> heads, ScoringRule scoring) {
        this.name = name;
        this.encoding = encoding;
        this.layers = List.copyOf(layers);
        this.heads = List.copyOf(heads);
        this.scoring = scoring;
        checkChain();
        this.fingerprint = Fingerprint.of(this);
    }

    private void checkChain() {
        if (layers.isEmpty() || heads.isEmpty()) {
            throw new IllegalArgumentException("a model has at least one layer and one head");
        }
        for (int i = 1; i < layers.size(); i++) {
            if (layers.get(i).inputSize() != layers.get(i - 1).units()) {
                throw new IllegalArgumentException("layer " + i + " takes "
                        + layers.get(i).inputSize() + " values, but layer " + (i - 1) + " gives "
                        + layers.get(i - 1).units());
            }
        }
        for (Head head : heads) {
            if (head.inputs() != topLayer().units()) {
                throw new IllegalArgumentException("head " + head.name() + " takes " + head.inputs()
                        + " values, but the top layer gives " + topLayer().units());
            }
            if (heads.stream().filter(h -> h.name().equals(head.name())).count() > 1) {
                throw new IllegalArgumentException("two heads are named " + head.name());
            }
        }
    }

    /** What people call it. */
    public String name() {
        return name;
    }

    /** What an input vector looks like. */
    public InputEncoding encoding() {
        return encoding;
    }

    /** The length of x, the first layer's input. */
    public int inputSize() {
        return layers.get(0).inputSize();
    }

    /** The layers from the input upwards. */
    public List<LstmLayer> layers() {
        return layers;
    }

    /** The layer that the heads read. */
    public LstmLayer topLayer() {
        return layers.get(layers.size() - 1);
    }

    /** The dense heads; the first one is the one that predicts the next event, if any does. */
    public List<Head> heads() {
        return heads;
    }

    /** When an event is anomalous. */
    public ScoringRule scoring() {
        return scoring;
    }

    /**
     * Whether the first head is a distribution over the input's own lines, so that it predicts the next event and can
     * rate the one that comes.
     */
    public boolean predictsEvents() {
        Head first = heads.get(0);
        return encoding == InputEncoding.ONE_HOT
                && first.activation() == Activation.SOFTMAX
                && first.outputs() == inputSize();
    }

    /**
     * SHA-256 over shape and weights: equal for equal arithmetic, whatever file the model came from. Name, scoring and the
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
