package io.lstmstreams.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks a request and passes it to its route. Safe for any number of threads. */
final class Dispatcher implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

    /** Headers of every response: a page loads nothing from other servers, and no other page may embed it. */
    private static final Map<String, String> HEADERS = Map.of(
            "Cache-Control", "no-store",
            "Content-Security-Policy", "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
            "Referrer-Policy", "no-referrer",
            "X-Content-Type-Options", "nosniff");

    /** The longest time to compute a response. */
    static final Duration RESPONSE_TIMEOUT = Duration.ofSeconds(10);

    /** The time beyond {@link #RESPONSE_TIMEOUT} after which the connection is closed. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    /** The longest time for a body to arrive. */
    private static final Duration ARRIVAL_TIMEOUT = Duration.ofSeconds(10);

    /** The longest time for a client to read a response. */
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(30);

    /** The longest time for a client to read one event of a stream. */
    private static final Duration EVENT_READ_TIMEOUT = Duration.ofSeconds(10);

    private static final byte[] NO_BODY = {};

    private final List<Route> routes;
    private final HostCheck host;
    private final RequestThreads threads;
    private final Computation computation;
    private final Semaphore streams;

    /** Computes a response, on this thread or on another. */
    interface Computation {
        Response compute(Callable<Response> handler) throws Exception;
    }

    /**
     * @param threads the threads of the requests
     * @param computation the computation of the responses
     * @param streams one permit for each event stream that may be open
     */
    Dispatcher(List<Route> routes, HostCheck host, RequestThreads threads, Computation computation, Semaphore streams) {
        this.routes = List.copyOf(routes);
        this.host = host;
        this.threads = threads;
        this.computation = computation;
        this.streams = streams;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Response response = respond(exchange);
            threads.waitForClient(READ_TIMEOUT);
            send(exchange, response);
        }
    }

    private Response respond(HttpExchange exchange) throws IOException {
        try {
            return find(exchange);
        } catch (RefusedException e) {
            return e.response();
        } catch (InterruptedException | ClosedChannelException e) {
            throw new InterruptedIOException("the request took too long, or the server is stopping");
        } catch (Exception e) {
            LOG.warn("failed to answer a request: {}", e.toString());
            LOG.debug("failed to answer a request", e);
            return Response.error(500, "internal error: see the server's log");
        }
    }

    private Response find(HttpExchange exchange) throws Exception {
        if (!host.allows(exchange.getRequestHeaders().getFirst("Host"))) {
            throw new RefusedException(403, "the server listens on loopback and answers only requests for localhost");
        }
        String path = exchange.getRequestURI().getRawPath();
        String method = exchange.getRequestMethod();
        @Nullable Route other = null; // of this path, for another method
        for (Route route : routes) {
            Map<String, String> values = match(route, path);
            other = values != null ? route : other;
            if (values != null
                    && (method.equals(route.method())
                            || isHead(exchange) && route.method().equals("GET"))) {
                Request request = request(exchange, values);
                threads.respond(RESPONSE_TIMEOUT.plus(GRACE));
                return computation.compute(() -> route.handler().handle(request));
            }
        }
        if (other == null) {
            throw RefusedException.notFound("there is nothing at " + path);
        }
        return wrongMethod(method, other);
    }

    private static Response wrongMethod(String method, Route route) {
        boolean post = route.method().equals("POST");
        String advice = post ? "send POST with the value of a record as the body" : "send " + route.method();
        return Response.error(405, route.path() + " does not support the method " + method + ": " + advice)
                .with("Allow", post ? "POST" : route.method() + ", HEAD");
    }

    private Request request(HttpExchange exchange, Map<String, String> values) throws IOException {
        threads.waitForClient(ARRIVAL_TIMEOUT);
        byte[] body = exchange.getRequestMethod().equals("POST") ? Request.read(exchange.getRequestBody()) : NO_BODY;
        try {
            return new Request(values, exchange.getRequestURI().getRawQuery(), exchange.getRequestHeaders(), body);
        } catch (IllegalArgumentException e) {
            throw RefusedException.badRequest("the query must be percent-encoded");
        }
    }

    private static @Nullable Map<String, String> match(Route route, String path) {
        try {
            return route.match(path);
        } catch (IllegalArgumentException e) {
            throw RefusedException.badRequest("the path must be percent-encoded UTF-8");
        }
    }

    private static boolean isHead(HttpExchange exchange) {
        return exchange.getRequestMethod().equals("HEAD");
    }

    private void send(HttpExchange exchange, Response response) throws IOException {
        if (!response.isEventStream()) {
            write(exchange, response);
        } else if (streams.tryAcquire()) {
            threads.respond(EVENT_READ_TIMEOUT);
            try {
                write(exchange, response);
            } finally {
                streams.release();
            }
        } else {
            write(
                    exchange,
                    RefusedException.unavailable("too many event streams are open")
                            .response());
        }
    }

    private void write(HttpExchange exchange, Response response) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        HEADERS.forEach(headers::set);
        headers.set("Content-Type", response.contentType());
        response.headers().forEach(headers::set);
        if (isHead(exchange) || response.length() == 0) {
            exchange.sendResponseHeaders(response.status(), -1);
            return;
        }
        exchange.sendResponseHeaders(response.status(), Math.max(0, response.length())); // 0: chunked
        OutputStream out = exchange.getResponseBody();
        try {
            response.body().writeTo(response.isEventStream() ? new Renewing(out) : out);
        } catch (InterruptedException e) {
            throw new InterruptedIOException("the stream had no event for too long, or the server is stopping");
        }
        out.close();
    }

    /** An event stream whose time limit is renewed with each event. */
    private final class Renewing extends FilterOutputStream {
        Renewing(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            threads.respond(EVENT_READ_TIMEOUT);
            out.write(bytes, offset, length);
        }
    }
}
