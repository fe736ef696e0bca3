/**
 * Replays of files: scores a file of sequences with the classes of the stream, but without Kafka.
 */
package io.lstmstreams.replay;
