package io.lstmstreams.recurrent;

/** One layer of a network: shape and immutable weights, shared among threads. */
public sealed interface Layer
        permits RecurrentLayer,
                DenseLayer,
                EmbeddingLayer,
                ScaleLayer,
                NormalisationLayer,
                ActivationLayer,
                MergeLayer,
                SliceLayer {

    /** What a model's spec calls it. */
    String cell();

    /** The length of what it reads; of all that it reads together, where it reads several vectors. */
    int inputSize();

    /** The length of its output. */
    int outputSize();

    /** The number of its weights and biases. */
    long parameters();

    /** Writes all that decides what it computes, in one canonical order. */
    void fingerprint(Fingerprint fingerprint);
}
