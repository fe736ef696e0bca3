package io.lstmstreams.output;

/** What comes out for a sequence: a {@link Prediction} for each event, a {@link Verdict} at the end. */
public sealed interface SequenceOutput permits Prediction, Verdict {

    /** The sequence's id as text; see {@link SequenceName}. */
    String sequence();

    /** Whether something here is anomalous by the model's scoring rule. */
    boolean anomalous();

    /** Returns whether every number here is finite. */
    boolean isFinite();
}
