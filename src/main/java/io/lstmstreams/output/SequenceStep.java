package io.lstmstreams.output;

import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.recurrent.SparseInput;

/**
 * An event that advances its sequence by one step.
 *
 * @param sequence the sequence's id as text
 * @param time the event's timestamp, or {@link Prediction#NO_TIME}
 * @param input the event, encoded for the model
 * @param state the state before the event; advanced in place
 */
public record SequenceStep(String sequence, long time, SparseInput input, SequenceState state) {}
