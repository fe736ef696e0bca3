/**
 * A Kafka broker inside this process, for the demo, tests and experiments: one node, broker and controller in one, that
 * listens on the loopback interface only.
 *
 * <p>{@link io.lstmstreams.broker.EmbeddedBroker} is the only class of the project that imports Kafka's server. This
 * package does not depend on applications, models or streams.
 */
@NullMarked
package io.lstmstreams.broker;

import org.jspecify.annotations.NullMarked;
