package io.lstmstreams.connect;

import io.lstmstreams.event.Event;

/**
 * The event of a record.
 *
 * @param sequence the sequence's id, or null for the record's key
 * @param event the event, or null for an end without an event
 * @param end true if the sequence ends, after the event if there is one
 * @param time milliseconds since the epoch, or null for the record's timestamp
 */
record Occurrence(String sequence, Event event, boolean end, Long time) {}
