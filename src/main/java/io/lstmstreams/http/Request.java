package io.lstmstreams.http;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** What somebody asks, after it was checked that he may. */
final class Request {
    private static final int MAX_BODY_BYTES = 1 << 20;
    private static final int TOO_LARGE = 413;

    private final HttpExchange exchange;
    private final Map<String, String> path;
    private final Map<String, String> query;

    /** @param path what the names in the route's path stand for */
    Request(HttpExchange exchange, Map<String, String> path) {
        this.exchange = exchange;
        this.path = path;
        this.query = parse(exchange.getRequestURI().getRawQuery());
    }

    private static Map<String, String> parse(String raw) {
        Map<String, String> query = new HashMap<>();
        if (raw != null) {
            for (String part : raw.split("&")) {
                int equals = part.indexOf('=');
                String name = equals < 0 ? part : part.substring(0, equals);
                String value = equals < 0 ? "" : part.substring(equals + 1);
                query.put(
                        URLDecoder.decode(name, StandardCharsets.UTF_8),
                        URLDecoder.decode(value, StandardCharsets.UTF_8));
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

    /** A header; null if it is not there. */
    String header(String name) {
        return exchange.getRequestHeaders().getFirst(name);
    }

    /** The path and the query as they came, percent-encoded. */
    String target() {
        return exchange.getRequestURI().toString();
    }

    /** The body, of one MiB at most. */
    byte[] body() throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
        if (body.length > MAX_BODY_BYTES) {
            throw new RefusedException(TOO_LARGE, "the body is larger than " + MAX_BODY_BYTES + " bytes");
        }
        return body;
    }
}
