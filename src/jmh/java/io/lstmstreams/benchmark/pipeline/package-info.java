/**
 * The way of a record, topic to topic, against an embedded broker in this process: our application beside a ladder of
 * topologies that do less, and beside the one that a user would build instead.
 */
package io.lstmstreams.benchmark.pipeline;
