/**
 * Transforms for Kafka Connect: from a connector's records to events, and from dead letters to lines of JSON.
 *
 * <p>They are in a jar of their own, which a worker loads from its plugin path. The jar contains all that they import: the
 * vocabulary of a model file, but no weights, no arithmetic and no Kafka Streams. Package {@code event} defines the
 * form of an event record: a decoder there reads each form that is written here.
 */
package io.lstmstreams.connect;
