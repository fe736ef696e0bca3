package io.lstmstreams.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** A stream of server-sent events to one client, as a browser's EventSource reads it. Not thread-safe. */
final class EventStream {
    static final String CONTENT_TYPE = "text/event-stream";

    private final OutputStream out;

    EventStream(OutputStream out) {
        this.out = out;
    }

    /**
     * Sends an event.
     *
     * @param event the event's name
     * @param data one line, such as JSON
     * @throws IOException if the client has disconnected
     */
    void send(String event, String data) throws IOException {
        write("event: " + event + "\ndata: " + data + "\n\n");
    }

    /**
     * Sends a comment, which clients ignore.
     *
     * @throws IOException if the client has disconnected
     */
    void heartbeat() throws IOException {
        write(":\n\n");
    }

    private void write(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
