/**
 * Transforms for Kafka Connect: from a connector's records to events, and from dead letters to lines of JSON.
 *
 * <p>The transforms have a jar of their own, which a worker loads from its plugin path. The jar contains every class
 * that the transforms import: the reader of a model file's vocabulary, but no weights, no arithmetic and no Kafka
 * Streams.
 * Package {@code event} has a decoder for each form of event that this package writes.
 */
@NullMarked
package io.lstmstreams.connect;

import org.jspecify.annotations.NullMarked;
