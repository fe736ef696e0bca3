/** Replays of files: scores a file of sequences with the classes of the stream, but without Kafka. */
@NullMarked
package io.lstmstreams.replay;

import org.jspecify.annotations.NullMarked;
