package io.lstmstreams.topology;

import io.lstmstreams.recurrent.SparseInput;

/**
 * What one record means to its sequence.
 *
 * @param input the event for the model; null if there is none to step
 * @param start whether any earlier state is to be forgotten first
 * @param end whether the sequence ends, after the event if there is one
 * @param unknown whether the model does not know the event, so that it was left out or taken for the unknown symbol
 */
record SequenceEvent(SparseInput input, boolean start, boolean end, boolean unknown) {}
