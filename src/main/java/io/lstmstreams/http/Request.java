package io.lstmstreams.http;

import com.sun.net.httpserver.Headers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedChannelException;
import java.util.HashMap;
import java.util.Map;

/** What somebody asks, after it was checked that he may. */
final class Request {
    private static final int MOST_BYTES = 1 << 20;

    private final Map<String, String> path;
    private final Map<String, String> query;
    private final Headers headers;
    private final byte[] body;

    /**
     * @param path what the names in the route's path stand for
     * @param query as it came, percent-encoded; null if there is none
     */
    Request(Map<String, String> path, String query, Headers headers, byte[] body) {
        this.path = path;
        this.query = parse(query);
        this.headers = headers;
        this.body = body;
    }

    private static Map<String, String> parse(String raw) {
        Map<String, String> query = new HashMap<>();
        if (raw != null) {
            for (String part : raw.split("&")) {
                int equals = part.indexOf('=');
                String name = equals < 0 ? part : part.substring(0, equals);
                String value = equals < 0 ? "" : part.substring(equals + 1);
                try {
                    query.put(PercentEncoding.decode(name), PercentEncoding.decode(value));
                } catch (IllegalArgumentException e) {
                    throw RefusedException.badRequest("the query must be percent-encoded UTF-8");
                }
            }
        }
        return query;
    }

    /** What a name in the route's path stands for. */
    String path(String name) {
        return path.get(name);
    }

    /** A parameter after the question mark; null if it is not there. */
    String query(String name) {
        return query.get(name);
    }

    /**
     * A whole number after the question mark.
     *
     * @param otherwise where it is not there
     * @param what it is, for who gave another one
     * @throws RefusedException if it is not within these bounds
     */
    long number(String name, long otherwise, long least, long most, String what) {
        try {
            long number = query(name) == null ? otherwise : Long.parseLong(query(name));
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // it is as wrong as one out of bounds
        }
        throw RefusedException.badRequest(what);
    }

    /** Whether a header is there. */
    boolean has(String header) {
        return headers.containsKey(header);
    }

    /** What was sent with it; empty but for POST. */
    byte[] body() {
        return body.clone();
    }

    /**
     * Reads a body.
     *
     * @throws RefusedException if it is larger than a record may be, or broken
     */
    static byte[] read(InputStream in) throws IOException {
        byte[] bytes;
        try {
            bytes = in.readNBytes(MOST_BYTES + 1);
        } catch (ClosedChannelException e) { // nobody is left to answer
            throw e;
        } catch (IOException | IndexOutOfBoundsException e) { // the JDK's, for the length of a chunk beyond an int
            throw RefusedException.badRequest(
                    "the body must be as long, or chunked, as its headers say: " + e.getMessage());
        }
        if (bytes.length > MOST_BYTES) {
            throw new RefusedException(413, "the body has more than " + MOST_BYTES + " bytes");
        }
        return bytes;
    }
}
