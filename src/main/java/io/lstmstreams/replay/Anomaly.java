package io.lstmstreams.replay;

import io.lstmstreams.output.Prediction.Next;
import org.jspecify.annotations.Nullable;

/**
 * The first anomaly of a sequence.
 *
 * @param sequence the sequence's id
 * @param step the number of the event in its sequence; for an end, the number of the event that is missing
 * @param event the received event; null for the end of the sequence
 * @param probability the predicted probability of the received event, 0 to 1
 * @param rank 1 + the number of events with a greater probability; 0 for an end, which has no rank
 * @param expected the likeliest event; null if it is not known
 */
public record Anomaly(
        String sequence,
        long step,
        @Nullable String event,
        double probability,
        int rank,
        @Nullable Next expected) {}
