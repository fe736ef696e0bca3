package io.lstmstreams.importer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.event.Event;
import java.nio.file.Path;
import java.util.List;

/**
 * A sequence that a framework has run through one of its models, and what it got.
 *
 * @param file the framework's model
 * @param spec what {@code import --spec} would be given; empty where the file tells all
 * @param events the sequence
 * @param steps what the framework got after each event
 */
record ImportedRun(Path file, ObjectNode spec, List<Event> events, List<Step> steps) {

    /**
     * What a framework got after one event; null where it has no number for that.
     *
     * @param outputs of each head, after its activation
     * @param h of each recurrent layer
     * @param c of each recurrent layer; empty where the cell has none
     */
    record Step(List<double[]> outputs, List<double[]> h, List<double[]> c) {}

    /** The name of a test with it. */
    @Override
    public String toString() {
        return file.getFileName() + " of " + events.size() + " events";
    }
}
