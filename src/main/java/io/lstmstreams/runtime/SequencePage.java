package io.lstmstreams.runtime;

import java.util.List;

/**
 * A part of the sequences of an instance, in the order of their ids' bytes.
 *
 * @param sequences that are there up to {@code upTo}
 * @param upTo the id up to which it has looked; null if it has come to the end
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record SequencePage(List<Line> sequences, byte[] upTo) {
    /**
     * One sequence.
     *
     * @param id its id
     * @param step the number of events processed so far
     * @param time timestamp of its last event
     * @param anomalous whether any of its scores was
     * @param unreadable why its state cannot be read, of which nothing is known then; null if it can
     */
    public record Line(byte[] id, long step, long time, boolean anomalous, String unreadable) {}
}
