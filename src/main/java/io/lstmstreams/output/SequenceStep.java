package io.lstmstreams.output;

import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.recurrent.SparseInput;

/**
 * One event that moves its sequence one step on.
 *
 * @param sequence the sequence's id as text
 * @param time the event's timestamp
 * @param input the event, encoded for the model
 * @param state the state before the event; afterwards the one after it
 */
public record SequenceStep(String sequence, long time, SparseInput input, SequenceState state) {}
