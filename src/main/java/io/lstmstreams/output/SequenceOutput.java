package io.lstmstreams.output;

/** An output for a sequence: a {@link Prediction} for each event, a {@link Verdict} at the end. */
public sealed interface SequenceOutput permits Prediction, Verdict {

    /** Returns the sequence's id as text; see {@link SequenceName}. */
    String sequence();

    /** Returns whether the event, or any event of the sequence, is anomalous by the model's scoring rule. */
    boolean anomalous();

    /** Returns whether every number of the output is finite. */
    boolean isFinite();
}
