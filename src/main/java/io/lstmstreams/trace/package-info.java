/**
 * What the stream did last, for somebody who looks on: the latest events of some sequences, the last one of many, and the latest
 * anomalies, with the state that each of them met, from which all numbers of these steps are worked out again when they are asked for. Knows no Kafka; the
 * stream is never kept waiting for whoever looks.
 */
package io.lstmstreams.trace;
