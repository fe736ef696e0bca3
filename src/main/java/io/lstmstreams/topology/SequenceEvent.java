package io.lstmstreams.topology;

import io.lstmstreams.event.Event;
import org.jspecify.annotations.Nullable;

/**
 * The content of one record, before it is encoded for a model.
 *
 * @param event the event; null if the record holds none
 * @param start true if the sequence restarts before the event
 * @param end true if the sequence ends after the event, or without one
 * @param model the name of the model that the record chooses; null if it chooses none
 * @param hasId true if the record has an event id
 * @param id the hash of the event id
 */
record SequenceEvent(
        @Nullable Event event,
        boolean start,
        boolean end,
        @Nullable String model,
        boolean hasId,
        long id) {}
