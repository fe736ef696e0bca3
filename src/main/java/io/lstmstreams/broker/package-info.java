/**
 * A Kafka broker inside this process, for the demo, the tests and for trying things: one node, broker and controller in
 * one, listening on the loopback interface only.
 *
 * <p>{@link io.lstmstreams.broker.EmbeddedBroker} is the one class of the project that imports Kafka's server. This
 * package knows no topic of ours, no model and no stream.
 */
package io.lstmstreams.broker;
