package io.lstmstreams.demo;

/**
 * The anomaly of a sequence.
 *
 * @param sequence the sequence's id
 * @param step the number of the anomalous step
 * @param event the received event, or null for the end of the sequence
 * @param probability the predicted probability of the received event
 * @param expected the likeliest event
 * @param expectedProbability the predicted probability of the likeliest event
 */
record Anomaly(
        String sequence, long step, String event, double probability, String expected, double expectedProbability) {}
