package io.lstmstreams.trace;

/**
 * Where a sequence is. Immutable.
 *
 * @param sequence its id as text
 * @param step the number of its last step
 * @param event the last event's name; null for a dense vector
 * @param probabilities that the events of the latest steps had had, the last one's last; NaN where there was none
 * @param anomalous whether something of what is known of it was
 * @param ended whether it has ended
 * @param changedAt when it had its last event or ended, by {@link System#nanoTime}
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
