package io.lstmstreams.trace;

import io.lstmstreams.recurrent.SparseInput;

/**
 * The input of a sequence's last step, from which the step can be computed again. Immutable.
 *
 * @param before the stored state before the step, or null for the first step of a sequence
 * @param input the encoded event
 * @param time the event's timestamp
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record LastStep(byte[] before, SparseInput input, long time) {}
