package io.lstmstreams.http;

import java.util.HashMap;
import java.util.Map;

/**
 * One thing that the server can be asked: a method and a path, of which a segment may be a name in braces, as in
 * {@code /sequences/{id}}, that stands for any one segment.
 *
 * @param handler answers, on any number of threads at once
 */
record Route(String method, String path, Handler handler) {
    /** Answers a request. */
    interface Handler {
        /**
         * The answer.
         *
         * @throws RefusedException for an answer that says what was wrong
         */
        Answer answer(Request request) throws Exception;
    }

    /** For GET, and HEAD with it. */
    static Route get(String path, Handler handler) {
        return new Route("GET", path, handler);
    }

    /** For POST. */
    static Route post(String path, Handler handler) {
        return new Route("POST", path, handler);
    }

    /**
     * What the names in the path stand for.
     *
     * @param asked a path as it came, percent-encoded
     * @return null if it is not this one
     */
    Map<String, String> match(String asked) {
        String[] ours = path.split("/", -1);
        String[] theirs = asked.split("/", -1);
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
        // A plus is a plus in a path; only in a query is it a blank.
        return PercentEncoding.decode(segment.replace("+", "%2B"));
    }
}
