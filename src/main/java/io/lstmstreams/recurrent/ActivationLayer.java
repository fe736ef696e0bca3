package io.lstmstreams.recurrent;

/**
 * A layer that applies a function to every element, or a softmax to all elements.
 *
 * @param size the number of elements
 * @param activation the function
 */
public record ActivationLayer(int size, Activation activation) implements Layer {
    @Override
    public String specName() {
        return "activation";
    }

    @Override
    public int inputSize() {
        return size;
    }

    @Override
    public int outputSize() {
        return size;
    }

    @Override
    public long parameters() {
        return 0;
    }

    @Override
    public void addTo(Fingerprint fingerprint) {
        fingerprint.addText("activation " + size + " " + activation);
    }
}
