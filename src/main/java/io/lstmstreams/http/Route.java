package io.lstmstreams.http;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A method, a path and the handler of their requests. A segment of the path may be a parameter in braces, as in
 * {@code /sequences/{id}}, which matches any one segment.
 *
 * @param handler safe for any number of threads
 */
record Route(String method, String path, Handler handler) {
    /** A handler of requests. */
    interface Handler {
        /**
         * Handles a request.
         *
         * @throws RefusedException if the response is an error
         */
        Response handle(Request request) throws Exception;
    }

    /** Creates a route for GET and HEAD. */
    static Route get(String path, Handler handler) {
        return new Route("GET", path, handler);
    }

    /** Creates a route for POST. */
    static Route post(String path, Handler handler) {
        return new Route("POST", path, handler);
    }

    /**
     * Matches a requested path.
     *
     * @param requested the percent-encoded path of a request
     * @return the values of the path parameters by name; null if the path does not match
     */
    @Nullable
    Map<String, String> match(String requested) {
        String[] ours = path.split("/", -1);
        String[] theirs = requested.split("/", -1);
        if (ours.length != theirs.length) {
            return null;
        }
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < ours.length; i++) {
            if (ours[i].startsWith("{") && !theirs[i].isEmpty()) {
                values.put(ours[i].substring(1, ours[i].length() - 1), decode(theirs[i]));
            } else if (!ours[i].equals(theirs[i])) {
                return null;
            }
        }
        return values;
    }

    private static String decode(String segment) {
        // A plus denotes a blank in a query, but itself in a path.
        return PercentEncoding.decode(segment.replace("+", "%2B"));
    }
}
