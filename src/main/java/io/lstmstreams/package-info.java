/**
 * One recurrent state per sequence inside Kafka Streams, advanced by one step per record, exactly once.
 *
 * <p>A record's way reads from package to package: {@code event} (bytes to event), {@code input} (event to hot input
 * line), {@code state} (stored bytes to recurrent state), {@code recurrent} and {@code kernel} (one step), {@code output}
 * (score, prediction, verdict). {@code topology} runs that way inside Kafka Streams, {@code replay} without it.
 */
package io.lstmstreams;
