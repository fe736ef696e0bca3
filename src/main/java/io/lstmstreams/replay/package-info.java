/**
 * Scores a file of sequences with the same classes as the stream, and without Kafka: the proof that the core needs none.
 */
package io.lstmstreams.replay;
