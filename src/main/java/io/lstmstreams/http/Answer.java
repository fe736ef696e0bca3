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
 * What the server says. Immutable.
 *
 * @param length of the body in bytes; negative where it is not known before it is written
 */
record Answer(int status, String contentType, Map<String, String> headers, long length, Body body) {
    private static final int OK = 200;
    private static final int LONGEST_ERROR = 500;
    private static final int PIECE = 16 << 10;
    private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)+");
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "json", "application/json",
            "svg", "image/svg+xml");

    /** Writes the body; how long it takes, and whether it ever ends, is its own affair. */
    interface Body {
        void writeTo(OutputStream out) throws IOException, InterruptedException;
    }

    /** Says things one after the other until it returns, or whoever listens goes away. */
    interface Source {
        void sendTo(EventStream events) throws IOException, InterruptedException;
    }

    private static Answer of(int status, String contentType, byte[] body) {
        return new Answer(status, contentType, Map.of(), body.length, out -> write(body, out));
    }

    /** Writes in pieces: for each thread, the JDK keeps a buffer of the largest piece outside of the heap. */
    private static void write(byte[] body, OutputStream out) throws IOException {
        for (int from = 0; from < body.length; from += PIECE) {
            out.write(body, from, Math.min(PIECE, body.length - from));
        }
    }

    /** Text of some other type. */
    static Answer text(String contentType, String body) {
        return of(OK, contentType, body.getBytes(StandardCharsets.UTF_8));
    }

    /** JSON. */
    static Answer json(JsonNode body) {
        return json(body.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** JSON that is written already. */
    static Answer json(byte[] body) {
        return of(OK, TYPES.get("json"), body);
    }

    /** One line that says why it is not what was asked for; of a long one, such as one that quotes the request, the beginning. */
    static Answer error(int status, String message) {
        String line = message.length() <= LONGEST_ERROR ? message : message.substring(0, LONGEST_ERROR) + "...";
        String body = JsonNodeFactory.instance.objectNode().put("error", line).toString() + "\n";
        return of(status, TYPES.get("json"), body.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * A file of ours, of the class path beside this package.
     *
     * @param folder below this package, with a slash at its end; may be empty
     * @param name as somebody asks for it, who gets nothing but files of this folder
     * @throws RefusedException if there is none
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

    /** Server-sent events. The thread of the request is theirs while it lasts. */
    static Answer events(Source source) {
        return new Answer(OK, EventStream.CONTENT_TYPE, Map.of(), -1, out -> source.sendTo(new EventStream(out)));
    }

    /** The same answer with one more header. */
    Answer with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Answer(status, contentType, more, length, body);
    }

    /** The same answer with another status. */
    Answer withStatus(int other) {
        return new Answer(other, contentType, headers, length, body);
    }

    boolean isEventStream() {
        return contentType.equals(EventStream.CONTENT_TYPE);
    }
}
