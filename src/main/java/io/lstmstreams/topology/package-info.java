/**
 * The Kafka Streams topology. {@link io.lstmstreams.topology.LstmProcessor} advances the sequence of each record by
 * one step: it reads the record, advances the sequence, stores the state and forwards the result.
 * {@link io.lstmstreams.topology.LstmProcessorSupplier} adds it to any topology,
 * {@link io.lstmstreams.topology.LstmTopology} is the topology of the application. This package starts and stops
 * nothing.
 */
@NullMarked
package io.lstmstreams.topology;

import org.jspecify.annotations.NullMarked;
