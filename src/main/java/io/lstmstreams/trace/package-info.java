/**
 * The recent steps of the stream, for the dashboard and for queries: the latest events of some sequences, the last
 * event of many sequences and the latest anomalies. Each is recorded with the state before it, from which its numbers
 * are computed again on request. The stream waits for a reader for at most a millisecond. This package does not depend
 * on Kafka.
 */
@NullMarked
package io.lstmstreams.trace;

import org.jspecify.annotations.NullMarked;
