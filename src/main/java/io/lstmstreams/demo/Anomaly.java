package io.lstmstreams.demo;

import org.jspecify.annotations.Nullable;

/**
 * The anomaly of a sequence.
 *
 * @param sequence the sequence's id
 * @param step the number of the anomalous step
 * @param event the received event; null for the end of the sequence
 * @param probability the predicted probability of the received event
 * @param expected the likeliest event
 * @param expectedProbability the predicted probability of the likeliest event
 */
record Anomaly(
        String sequence,
        long step,
        @Nullable String event,
        double probability,
        String expected,
        double expectedProbability) {}
