package io.lstmstreams.connect;

import io.lstmstreams.event.Event;
import org.jspecify.annotations.Nullable;

/**
 * An event that was read from a record, or the end of a sequence.
 *
 * @param sequence the sequence's id; null if it is the record's key
 * @param event the event; null for an end without an event
 * @param end true if the sequence ends, after the event if there is one
 * @param time the event time in milliseconds since the epoch; null if it is the record's timestamp
 */
record Occurrence(
        @Nullable String sequence,
        @Nullable Event event,
        boolean end,
        @Nullable Long time) {}
