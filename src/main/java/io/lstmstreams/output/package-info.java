/**
 * Results of steps: the score of the observed event, the predicted next events, the verdict at a sequence's end, and
 * their bytes. This package knows no Kafka.
 */
package io.lstmstreams.output;
