package io.lstmstreams.recurrent;

/** What a head does with its logits. */
public enum Activation {
    /** The logits as they are. */
    LINEAR("linear"),
    /** A probability distribution: {@code exp(z) / sum of exp(z)}. */
    SOFTMAX("softmax");

    private final String specName;

    Activation(String specName) {
        this.specName = specName;
    }

    /** The name in a model's spec. */
    public String specName() {
        return specName;
    }
}
