package io.lstmstreams.http;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers over HTTP for one application. It listens before the application starts, so that its health can be asked from the
 * beginning. Safe for any number of threads.
 */
public final class ApplicationServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ApplicationServer.class);

    /** The time within which a request must be complete, but for its body. */
    private static final Duration TO_ARRIVE = Duration.ofSeconds(10);

    private static final int STREAMS = 20;

    /** The connections that the operating system keeps until they are accepted: it drops those beyond, and a probe among them. */
    private static final int BACKLOG = 1024;

    private final HttpServer server;
    private final RequestThreads threads = RequestThreads.start(TO_ARRIVE);
    private final Answers answers = new Answers(Dispatcher.TO_ANSWER);
    private final URI address;
    private final LiveFeed feed;
    private final Metrics metrics;
    private final Access access;
    private final Peers peers;
    private volatile LstmApplication application; // null while it starts

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
     * Listens where the configuration says.
     *
     * @param config with {@value LstmStreamsConfig#HTTP_PORT_CONFIG} set
     * @throws ConfigException if it would let in everybody without having been told to, or cannot listen there
     */
    public static ApplicationServer start(LstmStreamsConfig config) {
        Access access = Access.of(config);
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
                    LstmStreamsConfig.HTTP_PORT_CONFIG,
                    at.getPort(),
                    "cannot listen at " + access.host() + ": " + e.getMessage());
        }
    }

    private void listen() {
        HostCheck host = new HostCheck(Access.literal(access.host()), access.isLoopback());
        Semaphore streams = new Semaphore(STREAMS);
        // Whoever asks for health, such as an orchestrator's probe, needs no credentials, and waits for no other
        // request.
        server.createContext("/health/", new Dispatcher(healthRoutes(), host, threads, Callable::call, streams));
        HttpContext all = server.createContext("/", new Dispatcher(routes(), host, threads, answers::make, streams));
        if (access.user() != null) {
            all.setAuthenticator(new Credentials(access.user(), access.password()));
        }
        server.setExecutor(threads);
        server.start();
        feed.start();
    }

    List<Route> healthRoutes() {
        return new HealthRoutes(() -> application).routes();
    }

    /** All that can be asked, but health. */
    List<Route> routes() {
        List<Route> routes = new ArrayList<>();
        routes.add(Route.get("/metrics", request -> metrics.text()));
        routes.addAll(new DashboardRoutes(() -> application, feed).routes());
        routes.addAll(new StateRoutes(() -> application, peers).routes());
        return routes;
    }

    /**
     * The configuration for the application to answer for, which tells the other instances where to ask this one: where it listens,
     * unless {@code application.server} says so, or it listens at all addresses of the machine, of which none is known to reach it.
     */
    public LstmStreamsConfig announce(LstmStreamsConfig config) {
        return access.address().getAddress().isAnyLocalAddress()
                ? config
                : config.reachedAt(address.getHost(), address.getPort());
    }

    /** The application to answer for, which has started. */
    public void serve(LstmApplication started) {
        application = started;
        metrics.serve(started);
    }

    /**
     * What events mean in plain words, for those who look at the dashboard.
     *
     * @param words by the events' names
     */
    public void describeEvents(Map<String, String> words) {
        feed.describeEvents(words);
    }

    /** Where it listens. */
    public URI address() {
        return address;
    }

    /** Stops listening, and leaves what is being answered a second. */
    @Override
    public void close() {
        feed.close();
        metrics.close();
        answers.close();
        threads.close();
        server.stop(1);
    }
}
