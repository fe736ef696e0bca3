package io.lstmstreams.topology;

import io.lstmstreams.event.Event;

/**
 * What one record says, before any model has been asked what it means.
 *
 * @param event what happened; null if the record holds no event
 * @param start whether any earlier state is to be forgotten first
 * @param end whether the sequence ends, after the event if there is one
 * @param model the name of the model that it chooses; null if it chooses none
 * @param hasId whether it has an id of its own
 * @param id that id's hash
 */
record Arrival(Event event, boolean start, boolean end, String model, boolean hasId, long id) {}
