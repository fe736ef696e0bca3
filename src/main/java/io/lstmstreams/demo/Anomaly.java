package io.lstmstreams.demo;

/**
 * Why a sequence was called anomalous.
 *
 * @param sequence whose
 * @param step at which
 * @param event that gave it away; null if it was the end
 * @param probability that had been predicted for it
 * @param expected the event that was likeliest instead
 * @param expectedProbability how likely that was
 */
record Anomaly(
        String sequence, long step, String event, double probability, String expected, double expectedProbability) {}
