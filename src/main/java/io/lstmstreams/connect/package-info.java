/**
 * A transform for Kafka Connect that makes event records out of what a connector reads.
 *
 * <p>It lives in a jar of its own, which a worker loads from its plugin path, so what it imports is bundled: the vocabulary of
 * a model file, and neither weights nor arithmetic nor Kafka Streams. What an event record looks like is {@code event}'s
 * contract: each form written here is one that a decoder there reads.
 */
package io.lstmstreams.connect;
