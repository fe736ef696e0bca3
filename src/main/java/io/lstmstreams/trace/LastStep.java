package io.lstmstreams.trace;

import io.lstmstreams.recurrent.SparseInput;
import org.jspecify.annotations.Nullable;

/**
 * The input of a sequence's last step, from which the step can be computed again. Immutable.
 *
 * @param before the stored state before the step; null for the first step of a sequence
 * @param input the encoded event
 * @param time the event's timestamp
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record LastStep(byte @Nullable [] before, SparseInput input, long time) {}
