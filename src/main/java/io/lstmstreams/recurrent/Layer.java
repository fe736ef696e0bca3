package io.lstmstreams.recurrent;

/** A layer of a network: its shape and immutable weights. Safe for any number of threads. */
public sealed interface Layer
        permits RecurrentLayer,
                DenseLayer,
                EmbeddingLayer,
                ScaleLayer,
                NormalisationLayer,
                ActivationLayer,
                MergeLayer,
                SliceLayer {

    /** Returns the layer's name in a model's spec. */
    String specName();

    /** Returns the length of the layer's input; the sum of the lengths if the layer reads several vectors. */
    int inputSize();

    /** Returns the length of the layer's output. */
    int outputSize();

    /** Returns the number of weights and biases. */
    long parameters();

    /** Adds the layer's shape, options and weights to a fingerprint, in one canonical order. */
    void addTo(Fingerprint fingerprint);
}
