/**
 * Kafka Streams meets the folders that know no Kafka: the processor that advances a sequence by each record, its state
 * store, and the topology around it.
 */
package io.lstmstreams.topology;
