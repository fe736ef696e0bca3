package io.lstmstreams.output;

import org.apiguardian.api.API;

/** An output for a sequence: a {@link Prediction} for each event, a {@link Verdict} at the end. */
@API(status = API.Status.STABLE)
public sealed interface SequenceOutput permits Prediction, Verdict {

    /** Returns the sequence's id as text; see {@link SequenceName}. */
    String sequence();

    /** Returns whether the event, or any event of the sequence, is anomalous by the model's scoring rule. */
    boolean anomalous();

    /** Returns whether every number of the output is finite. */
    boolean isFinite();
}
