/**
 * Results of steps: the score of the observed event, the predicted next events, the verdict at a sequence's end, and
 * their bytes. This package does not depend on Kafka.
 */
@NullMarked
package io.lstmstreams.output;

import org.jspecify.annotations.NullMarked;
