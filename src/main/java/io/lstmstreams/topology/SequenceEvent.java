package io.lstmstreams.topology;

import io.lstmstreams.event.Event;

/**
 * The content of one record, before it is encoded for a model.
 *
 * @param event the event, or null if the record holds none
 * @param start whether the sequence restarts before the event
 * @param end whether the sequence ends after the event, or without one
 * @param model the name of the model that the record chooses, or null
 * @param hasId whether the record has an event id
 * @param id the hash of the event id
 */
record SequenceEvent(Event event, boolean start, boolean end, String model, boolean hasId, long id) {}
