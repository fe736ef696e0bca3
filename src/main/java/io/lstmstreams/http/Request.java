package io.lstmstreams.http;

import com.sun.net.httpserver.Headers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedChannelException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A request that has passed all access checks. */
final class Request {
    private static final int MAX_BYTES = 1 << 20;

    private final Map<String, String> path;
    private final Map<String, String> query;
    private final Headers headers;
    private final byte[] body;

    /**
     * @param path the values of the route's path parameters, by name
     * @param query the percent-encoded query; null if the URL has none
     */
    Request(Map<String, String> path, @Nullable String query, Headers headers, byte[] body) {
        this.path = path;
        this.query = parse(query);
        this.headers = headers;
        this.body = body;
    }

    private static Map<String, String> parse(@Nullable String raw) {
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

    /** Returns the value of a parameter of the route's path. */
    String path(String name) {
        return Objects.requireNonNull(path.get(name), name);
    }

    /** Returns a query parameter; null if it is missing. */
    @Nullable
    String query(String name) {
        return query.get(name);
    }

    /**
     * Returns a query parameter that is an integer.
     *
     * @param otherwise the value if the parameter is missing
     * @param requirement the error message for another value
     * @throws RefusedException if the value is not an integer within the bounds
     */
    long number(String name, long otherwise, long least, long most, String requirement) {
        try {
            String value = query(name);
            long number = value == null ? otherwise : Long.parseLong(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // handled like a number out of bounds
        }
        throw RefusedException.badRequest(requirement);
    }

    /** Returns whether the request has a header. */
    boolean has(String header) {
        return headers.containsKey(header);
    }

    /** Returns the body, which is empty except for POST. */
    byte[] body() {
        return body.clone();
    }

    /**
     * Reads a body.
     *
     * @throws RefusedException if the body is too large or malformed
     */
    static byte[] read(InputStream in) throws IOException {
        byte[] bytes;
        try {
            bytes = in.readNBytes(MAX_BYTES + 1);
        } catch (ClosedChannelException e) { // the client has disconnected
            throw e;
        } catch (IOException
                | IndexOutOfBoundsException e) { // IndexOutOfBounds: the JDK's, for a chunk length beyond an int
            throw RefusedException.badRequest(
                    "the body must have the length or the chunks that its headers state: " + e.getMessage());
        }
        if (bytes.length > MAX_BYTES) {
            throw new RefusedException(413, "the body must have at most " + MAX_BYTES + " bytes");
        }
        return bytes;
    }
}
