package io.lstmstreams.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Server-sent events on their way to one listener, as EventSource of a browser reads them. Not thread-safe. */
final class EventStream {
    static final String CONTENT_TYPE = "text/event-stream";

    private final OutputStream out;

    EventStream(OutputStream out) {
        this.out = out;
    }

    /**
     * Sends one.
     *
     * @param event its name
     * @param data one line, such as JSON
     * @throws IOException if nobody listens any more
     */
    void send(String event, String data) throws IOException {
        write("event: " + event + "\ndata: " + data + "\n\n");
    }

    /** Shows that the connection lives, and finds out if it does not. */
    void beat() throws IOException {
        write(":\n\n");
    }

    private void write(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
