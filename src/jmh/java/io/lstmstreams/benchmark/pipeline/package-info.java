/**
 * Benchmarks from topic to topic, with an embedded broker in the same process. Our application is compared with simpler
 * topologies and with a topology that a user would build instead.
 */
package io.lstmstreams.benchmark.pipeline;
