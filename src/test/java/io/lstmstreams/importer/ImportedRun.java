package io.lstmstreams.importer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.event.Event;
import java.nio.file.Path;
import java.util.List;

/**
 * A sequence that a framework has run through one of its models, and the resulting numbers.
 *
 * @param file the framework's model
 * @param spec the contents of {@code import --spec}; empty if the file states everything
 * @param events the sequence
 * @param steps the framework's numbers after each event
 */
record ImportedRun(Path file, ObjectNode spec, List<Event> events, List<Step> steps) {

    /**
     * The framework's numbers after one event; null if the framework does not give them.
     *
     * @param outputs the output of each head, after its activation
     * @param h the h of each recurrent layer
     * @param c the c of each recurrent layer; empty for a layer without c
     */
    record Step(List<double[]> outputs, List<double[]> h, List<double[]> c) {}

    /** Returns the name of a test with this run. */
    @Override
    public String toString() {
        return file.getFileName() + " of " + events.size() + " events";
    }
}
