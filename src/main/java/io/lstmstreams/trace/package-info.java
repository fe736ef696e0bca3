/**
 * The recent steps of the stream, for the dashboard and for queries: the latest events of some sequences, the last
 * event of many sequences and the latest anomalies. Each is recorded with the state before it, from which the numbers
 * of its step are computed again on request. Knows no Kafka. The stream never waits for a reader.
 */
package io.lstmstreams.trace;
