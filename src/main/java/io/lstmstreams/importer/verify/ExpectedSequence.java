package io.lstmstreams.importer.verify;

import io.lstmstreams.event.Event;
import java.util.List;
import java.util.Map;

/**
 * A sequence that a framework has run through its model.
 *
 * @param name the sequence's name in reports
 * @param events the events in order
 * @param outputs for each event, the framework's output of each head by name; empty for a step without expectation
 */
record ExpectedSequence(String name, List<Event> events, List<Map<String, float[]>> outputs) {}
