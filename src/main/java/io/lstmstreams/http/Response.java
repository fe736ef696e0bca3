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
 * A response of the server. Immutable.
 *
 * @param length the body's length in bytes; negative if it is not known in advance
 */
record Response(int status, String contentType, Map<String, String> headers, long length, Body body) {
    private static final int OK = 200;
    private static final int MAX_ERROR_LENGTH = 500;
    private static final int CHUNK = 16 << 10;
    private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)+");
    private static final String JSON = "application/json";
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "json", JSON,
            "svg", "image/svg+xml");

    /** Writes the body. An event stream may never end. */
    interface Body {
        void writeTo(OutputStream out) throws IOException, InterruptedException;
    }

    /** Sends events until it returns or the client disconnects. */
    interface Source {
        void sendTo(EventStream events) throws IOException, InterruptedException;
    }

    private static Response of(int status, String contentType, byte[] body) {
        return new Response(status, contentType, Map.of(), body.length, out -> write(body, out));
    }

    /** Writes in chunks, because the JDK keeps an off-heap buffer per thread that is as large as the largest write. */
    private static void write(byte[] body, OutputStream out) throws IOException {
        for (int from = 0; from < body.length; from += CHUNK) {
            out.write(body, from, Math.min(CHUNK, body.length - from));
        }
    }

    /** Creates a response with text of a given type. */
    static Response text(String contentType, String body) {
        return of(OK, contentType, body.getBytes(StandardCharsets.UTF_8));
    }

    /** Creates a response with JSON. */
    static Response json(JsonNode body) {
        return json(body.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Creates a response with JSON in UTF-8. */
    static Response json(byte[] body) {
        return of(OK, JSON, body);
    }

    /** Creates a response with an error message. A long message, such as one that quotes the request, is truncated. */
    static Response error(int status, String message) {
        String line = message.length() <= MAX_ERROR_LENGTH ? message : message.substring(0, MAX_ERROR_LENGTH) + "...";
        String body = JsonNodeFactory.instance.objectNode().put("error", line).toString() + "\n";
        return of(status, JSON, body.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Creates a response with a resource of this package.
     *
     * @param folder the folder below this package, with a trailing slash; may be empty
     * @param name the requested name; only files of the folder are served
     * @throws RefusedException if the file does not exist
     */
    static Response resource(String folder, String name) throws IOException {
        if (FILE_NAME.matcher(name).matches()) {
            try (InputStream in = Response.class.getResourceAsStream(folder + name)) {
                String type =
                        TYPES.get(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
                if (in != null && type != null) {
                    return of(OK, type, in.readAllBytes());
                }
            }
        }
        throw RefusedException.notFound("there is no " + name);
    }

    /** Creates a response with server-sent events. It occupies the request's thread until it ends. */
    static Response events(Source source) {
        return new Response(OK, EventStream.CONTENT_TYPE, Map.of(), -1, out -> source.sendTo(new EventStream(out)));
    }

    /** Returns this response with a further header. */
    Response with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Response(status, contentType, more, length, body);
    }

    /** Returns this response with another status. */
    Response withStatus(int other) {
        return new Response(other, contentType, headers, length, body);
    }

    boolean isEventStream() {
        return contentType.equals(EventStream.CONTENT_TYPE);
    }
}
