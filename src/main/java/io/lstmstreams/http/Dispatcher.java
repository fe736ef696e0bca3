package io.lstmstreams.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds who answers a request, after a look at whether it may be asked. Safe for any number of threads. */
final class Dispatcher implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

    /** Pages of ours load nothing from elsewhere, and nobody shows them inside of his. */
    private static final Map<String, String> HEADERS = Map.of(
            "Cache-Control", "no-store",
            "Content-Security-Policy", "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
            "Referrer-Policy", "no-referrer",
            "X-Content-Type-Options", "nosniff");

    private final List<Route> routes;
    private final HostCheck host;
    private final Semaphore streams;

    /** @param streams a permit for each event stream that may be open */
    Dispatcher(List<Route> routes, HostCheck host, Semaphore streams) {
        this.routes = List.copyOf(routes);
        this.host = host;
        this.streams = streams;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            send(exchange, answer(exchange));
        }
    }

    private Answer answer(HttpExchange exchange) {
        try {
            return find(exchange);
        } catch (RefusedException e) {
            return e.answer();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return RefusedException.unavailable("the server stops").answer();
        } catch (Exception e) {
            LOG.warn("a request could not be answered: {}", e.toString());
            LOG.debug("a request could not be answered", e);
            return Answer.error(500, "this is a fault of the server; its log tells more");
        }
    }

    private Answer find(HttpExchange exchange) throws Exception {
        if (!host.allows(exchange.getRequestHeaders().getFirst("Host"))) {
            throw new RefusedException(403, "the server is bound to loopback and answers to the name localhost only");
        }
        String path = exchange.getRequestURI().getRawPath();
        String method = exchange.getRequestMethod();
        boolean known = false;
        for (Route route : routes) {
            Map<String, String> values = match(route, path);
            known |= values != null;
            if (values != null
                    && (method.equals(route.method())
                            || isHead(exchange) && route.method().equals("GET"))) {
                return route.handler()
                        .answer(new Request(
                                values,
                                exchange.getRequestURI().getRawQuery(),
                                exchange.getRequestHeaders(),
                                exchange.getRequestBody()));
            }
        }
        throw known
                ? new RefusedException(405, "the method " + method + " does not apply here")
                : RefusedException.notFound("there is nothing at " + path);
    }

    private static Map<String, String> match(Route route, String path) {
        try {
            return route.match(path);
        } catch (IllegalArgumentException e) {
            throw RefusedException.badRequest("the path must be percent-encoded UTF-8");
        }
    }

    private static boolean isHead(HttpExchange exchange) {
        return exchange.getRequestMethod().equals("HEAD");
    }

    private void send(HttpExchange exchange, Answer answer) throws IOException {
        if (!answer.isEventStream()) {
            write(exchange, answer);
        } else if (streams.tryAcquire()) {
            try {
                write(exchange, answer);
            } finally {
                streams.release();
            }
        } else {
            write(
                    exchange,
                    RefusedException.unavailable("too many streams of events are open")
                            .answer());
        }
    }

    private static void write(HttpExchange exchange, Answer answer) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        HEADERS.forEach(headers::set);
        headers.set("Content-Type", answer.contentType());
        answer.headers().forEach(headers::set);
        if (isHead(exchange) || answer.length() == 0) {
            exchange.sendResponseHeaders(answer.status(), -1);
            return;
        }
        exchange.sendResponseHeaders(answer.status(), Math.max(0, answer.length())); // 0: as long as it will be
        try {
            answer.body().writeTo(exchange.getResponseBody());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the server stops, and its thread ends with this request
        }
    }
}
