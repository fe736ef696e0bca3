package io.lstmstreams.faults;

/**
 * What is expected of one record.
 *
 * @param key of the answer, the sequence's id
 * @param position among the answers of its sequence
 * @param value the answer's bytes, as text
 */
record Answer(String key, int position, String value) {}
