package io.lstmstreams.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * An answer of the server. Immutable.
 *
 * @param length the body's length in bytes, negative if it is not known in advance
 */
record Answer(int status, String contentType, Map<String, String> headers, long length, Body body) {
    private static final int OK = 200;
    private static final int LONGEST_ERROR = 500;
    private static final int CHUNK = 16 << 10;
    private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)+");
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "json", "application/json",
            "svg", "image/svg+xml");

    /** Writes the body. An event stream may never end. */
    interface Body {
        void writeTo(OutputStream out) throws IOException, InterruptedException;
    }

    /** Sends events until it returns or the client disconnects. */
    interface Source {
        void sendTo(EventStream events) throws IOException, InterruptedException;
    }

    private static Answer of(int status, String contentType, byte[] body) {
        return new Answer(status, contentType, Map.of(), body.length, out -> write(body, out));
    }

    /** Writes in chunks: the JDK holds an off-heap buffer per thread, as large as the largest write. */
    private static void write(byte[] body, OutputStream out) throws IOException {
        for (int from = 0; from < body.length; from += CHUNK) {
            out.write(body, from, Math.min(CHUNK, body.length - from));
        }
    }

    /** Creates an answer with text of a given type. */
    static Answer text(String contentType, String body) {
        return of(OK, contentType, body.getBytes(StandardCharsets.UTF_8));
    }

    /** Creates an answer with JSON. */
    static Answer json(JsonNode body) {
        return json(body.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Creates an answer with JSON in UTF-8. */
    static Answer json(byte[] body) {
        return of(OK, TYPES.get("json"), body);
    }

    /** Creates an answer with an error message. A long message, such as one that quotes the request, is cut. */
    static Answer error(int status, String message) {
        String line = message.length() <= LONGEST_ERROR ? message : message.substring(0, LONGEST_ERROR) + "...";
        String body = JsonNodeFactory.instance.objectNode().put("error", line).toString() + "\n";
        return of(status, TYPES.get("json"), body.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Creates an answer with a resource of this package.
     *
     * @param folder the folder below this package, with a trailing slash; may be empty
     * @param name the requested name; only files of the folder are served
     * @throws RefusedException if the file does not exist
     */
    static Answer resource(String folder, String name) throws IOException {
        if (FILE_NAME.matcher(name).matches()) {
            try (InputStream in = Answer.class.getResourceAsStream(folder + name)) {
                String type =
                        TYPES.get(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
                if (in != null && type != null) {
                    return of(OK, type, in.readAllBytes());
                }
            }
        }
        throw RefusedException.notFound("there is no " + name);
    }

    /** Creates an answer with server-sent events. It occupies the request's thread until it ends. */
    static Answer events(Source source) {
        return new Answer(OK, EventStream.CONTENT_TYPE, Map.of(), -1, out -> source.sendTo(new EventStream(out)));
    }

    /** Returns this answer with a further header. */
    Answer with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Answer(status, contentType, more, length, body);
    }

    /** Returns this answer with another status. */
    Answer withStatus(int other) {
        return new Answer(other, contentType, headers, length, body);
    }

    boolean isEventStream() {
        return contentType.equals(EventStream.CONTENT_TYPE);
    }
}
