package io.lstmstreams.trace;

import org.jspecify.annotations.Nullable;

/**
 * The latest step of a sequence and the probabilities of its latest events. Immutable.
 *
 * @param sequence the sequence's id as text
 * @param step the number of the last step
 * @param event the last event's name; null for a dense vector
 * @param probabilities the probabilities of the latest events, oldest first; NaN for an event without a score
 * @param anomalous true if a recorded step or the verdict is anomalous
 * @param ended true if the sequence has ended
 * @param changedAt the time of the last event or the end, by {@link System#nanoTime}
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record SequenceSummary(
        String sequence,
        long step,
        @Nullable String event,
        float[] probabilities,
        boolean anomalous,
        boolean ended,
        long changedAt) {}
