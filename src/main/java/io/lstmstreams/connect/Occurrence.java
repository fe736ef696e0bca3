package io.lstmstreams.connect;

import io.lstmstreams.event.Event;

/**
 * What a record says.
 *
 * @param sequence of which sequence; null where the record's key says it
 * @param event what happened; null if nothing did but the end
 * @param end whether the sequence ends, after the event if there is one
 * @param time when, in milliseconds since the epoch; null where the record's timestamp says it
 */
record Occurrence(String sequence, Event event, boolean end, Long time) {}
