package io.lstmstreams.trace;

import io.lstmstreams.recurrent.SparseInput;

/**
 * The last step of a sequence, as far as it takes to make it again. Immutable.
 *
 * @param before the state that it met, as it was stored; null where the sequence began with it
 * @param input the event as the model read it
 * @param time the event's timestamp
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record LastStep(byte[] before, SparseInput input, long time) {}
