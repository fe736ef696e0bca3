/**
 * Step to result: the score of the event that came, the events that come next, the verdict at a sequence's end, and their
 * bytes. No Kafka here.
 */
package io.lstmstreams.output;
