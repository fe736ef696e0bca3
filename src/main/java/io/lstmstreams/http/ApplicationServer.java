package io.lstmstreams.http;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.lstmstreams.config.HttpConfig;
import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.runtime.LstmApplication;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server of one application. It listens before the application starts, so that health checks work from the
 * beginning. Safe for any number of threads.
 */
public final class ApplicationServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ApplicationServer.class);

    /** The time within which a request must arrive, except for its body. */
    private static final Duration ARRIVAL_TIMEOUT = Duration.ofSeconds(10);

    private static final int EVENT_STREAMS = 20;

    /**
     * The number of connections that may wait to be accepted. The operating system drops further ones, even a health
     * probe.
     */
    private static final int BACKLOG = 1024;

    private final HttpServer server;
    private final RequestThreads threads = RequestThreads.start(ARRIVAL_TIMEOUT);
    private final ResponsePool responses = new ResponsePool(Dispatcher.RESPONSE_TIMEOUT);
    private final URI address;
    private final LiveFeed feed;
    private final Metrics metrics;
    private final Access access;
    private final Peers peers;
    private volatile @Nullable LstmApplication application; // null while it starts

    private ApplicationServer(HttpServer server, Access access, LstmStreamsConfig config) {
        this.server = server;
        this.access = access;
        this.peers = new Peers(access);
        this.feed = new LiveFeed(config, () -> application);
        this.metrics = new Metrics(() -> application);
        this.address = URI.create(access.scheme() + "://" + Access.literal(access.host()) + ":"
                + server.getAddress().getPort());
    }

    /**
     * Starts a server at the configured address.
     *
     * @param config with {@value HttpConfig#PORT_CONFIG} set
     * @throws ConfigException if the server would accept unauthenticated or unencrypted requests from
     *     other machines without lstm.http.insecure, or if it cannot listen
     */
    public static ApplicationServer start(LstmStreamsConfig config) {
        Access access = Access.of(config.http());
        ApplicationServer server = new ApplicationServer(bind(access), access, config);
        server.listen();
        LOG.info("listening at {}", server.address);
        return server;
    }

    private static HttpServer bind(Access access) {
        InetSocketAddress at = access.address();
        try {
            if (access.tls() == null) {
                return HttpServer.create(at, BACKLOG);
            }
            HttpsServer server = HttpsServer.create(at, BACKLOG);
            server.setHttpsConfigurator(new HttpsConfigurator(access.tls()));
            return server;
        } catch (IOException e) {
            throw new ConfigException(
                    HttpConfig.PORT_CONFIG, at.getPort(), "cannot listen at " + access.host() + ": " + e.getMessage());
        }
    }

    private void listen() {
        HostCheck host = new HostCheck(Access.literal(access.host()), access.isLoopback());
        Semaphore streams = new Semaphore(EVENT_STREAMS);
        // A health check, such as an orchestrator's probe, needs no credentials and does not wait for other requests.
        server.createContext("/health/", new Dispatcher(healthRoutes(), host, threads, Callable::call, streams));
        HttpContext all =
                server.createContext("/", new Dispatcher(routes(), host, threads, responses::compute, streams));
        if (access.user() != null) {
            all.setAuthenticator(new Credentials(access.user()));
        }
        server.setExecutor(threads);
        server.start();
        feed.start();
    }

    List<Route> healthRoutes() {
        return new HealthRoutes(() -> application).routes();
    }

    /** Returns all routes except those of health. */
    List<Route> routes() {
        List<Route> routes = new ArrayList<>();
        routes.add(Route.get("/metrics", request -> metrics.text()));
        routes.addAll(new DashboardRoutes(() -> application, feed).routes());
        routes.addAll(new StateRoutes(() -> application, peers).routes());
        return routes;
    }

    /**
     * Returns the configuration with this server's address as {@code application.server}, at which the other
     * instances reach this one. It is unchanged if {@code application.server} is set, or if the server listens on all
     * addresses of the machine.
     */
    public LstmStreamsConfig announce(LstmStreamsConfig config) {
        return access.address().getAddress().isAnyLocalAddress()
                ? config
                : config.reachedAt(address.getHost(), address.getPort());
    }

    /** Serves an application that has started. */
    public void serve(LstmApplication started) {
        application = started;
        metrics.serve(started);
    }

    /**
     * Sets the meanings of events, for the dashboard.
     *
     * @param words the meanings by event name
     */
    public void describeEvents(Map<String, String> words) {
        feed.describeEvents(words);
    }

    /** Returns the server's address. */
    public URI address() {
        return address;
    }

    /** Stops the server. Requests in progress have a second to complete. */
    @Override
    public void close() {
        feed.close();
        metrics.close();
        responses.close();
        threads.close();
        server.stop(1);
    }
}
