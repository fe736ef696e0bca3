package io.lstmstreams.trace;

/**
 * The latest step of a sequence and the probabilities of its latest events. Immutable.
 *
 * @param sequence its id as text
 * @param step the number of its last step
 * @param event the last event's name, or null for a dense vector
 * @param probabilities of the latest events, in their order; NaN for an event without a score
 * @param anomalous true if one of its recorded steps or its verdict is anomalous
 * @param ended true if the sequence has ended
 * @param changedAt time of its last event or its end, as {@link System#nanoTime} gives it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record SequenceSummary(
        String sequence,
        long step,
        String event,
        float[] probabilities,
        boolean anomalous,
        boolean ended,
        long changedAt) {}
