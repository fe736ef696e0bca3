package io.lstmstreams.runtime;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of the sequences of an instance, in the order of the bytes of their ids.
 *
 * @param sequences the sequences of the page
 * @param upTo the last id that was visited; null if the page reaches the end
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record SequencePage(List<Line> sequences, byte @Nullable [] upTo) {
    /**
     * One sequence.
     *
     * @param id the bytes of the sequence id
     * @param step the number of events processed so far; 0 if the state cannot be read
     * @param time the timestamp of the last event, in milliseconds since the epoch; 0 if the state cannot be read
     * @param anomalous true if any event was anomalous
     * @param unreadable the reason why the state cannot be read; null if it can
     */
    public record Line(
            byte[] id,
            long step,
            long time,
            boolean anomalous,
            @Nullable String unreadable) {}
}
