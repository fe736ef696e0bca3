/**
 * Transforms for Kafka Connect: one makes event records out of what a connector reads, one makes lines of dead letters.
 *
 * <p>They live in a jar of their own, which a worker loads from its plugin path, so what they import is bundled: the vocabulary of
 * a model file, and neither weights nor arithmetic nor Kafka Streams. What an event record looks like is {@code event}'s
 * contract: each form written here is one that a decoder there reads.
 */
package io.lstmstreams.connect;
