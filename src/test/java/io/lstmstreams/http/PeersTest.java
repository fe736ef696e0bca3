package io.lstmstreams.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpServer;
import io.lstmstreams.config.HttpConfig.User;
import io.lstmstreams.http.Peers.PeerRequest;
import io.lstmstreams.runtime.StateQueries.Peer;
import io.lstmstreams.waiting.ProgressTimeout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Requests to other instances, some of which do not answer. */
class PeersTest {
    private static final PeerRequest QUESTION = new PeerRequest("/sequences/a", null);
    private static final String HOST = "127.0.0.1";

    private final Peers peers = new Peers(new Access(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), HOST, null, new User("ops", "secret")));

    private static long deadline(Duration timeout) {
        return System.nanoTime() + timeout.toNanos();
    }

    private static HttpServer server(int status, String body) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            boolean known =
                    "Basic b3BzOnNlY3JldA==".equals(exchange.getRequestHeaders().getFirst("Authorization"));
            boolean fromInstance = exchange.getRequestHeaders().containsKey(Peers.FROM_INSTANCE);
            exchange.getResponseHeaders().set(Peers.PARTITIONS, "0,2,x");
            exchange.sendResponseHeaders(known && fromInstance ? status : 500, body.length());
            exchange.getResponseBody().write(body.getBytes(UTF_8));
            exchange.close();
        });
        server.start();
        return server;
    }

    @Test
    void shouldAskWithTheSharedCredentials() throws Exception {
        HttpServer server = server(404, "none");
        Peer peer = new Peer(HOST, server.getAddress().getPort());

        List<PeerResponse> responses = peers.ask(List.of(peer), QUESTION, deadline(ProgressTimeout.LIMIT));
        server.stop(0);

        assertThat(responses).hasSize(1);
        assertThat(responses.get(0).isNotFound()).isTrue();
        assertThat(responses.get(0).partitions()).containsExactly(0, 2);
        assertThat(responses.get(0).body()).isEqualTo("none".getBytes(UTF_8));
    }

    @Test
    void shouldWaitForASilentInstanceUntilTheDeadlineOnly() throws Exception {
        HttpServer server = server(200, "here");
        Peer talking = new Peer(HOST, server.getAddress().getPort());
        try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Peer silent = new Peer(HOST, mute.getLocalPort());

            Duration time = Duration.ofSeconds(3);
            List<PeerResponse> responses = peers.ask(List.of(talking, silent), QUESTION, deadline(time));
            while (!responses.get(0).isOk()) { // a busy machine needs several attempts
                time = time.multipliedBy(2);
                responses = peers.ask(List.of(talking, silent), QUESTION, deadline(time));
            }

            assertThat(responses.get(1).isUsable()).isFalse();
            assertThat(responses.get(1).peer()).isEqualTo(silent);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void shouldIgnoreAnInstanceThatHasEnded() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }

        List<PeerResponse> responses =
                peers.ask(List.of(new Peer(HOST, port)), QUESTION, deadline(ProgressTimeout.LIMIT));

        assertThat(responses.get(0).isUsable()).isFalse();
    }

    @Test
    void shouldIgnoreAnInvalidHost() throws Exception {
        List<PeerResponse> responses =
                peers.ask(List.of(new Peer("app_1", 80)), QUESTION, deadline(ProgressTimeout.LIMIT));

        assertThat(responses.get(0).isUsable()).isFalse();
    }

    @Test
    void shouldLeaveThreadsForOtherInstancesRequests() throws Exception {
        List<Thread> waiting = new ArrayList<>();
        try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            List<Peer> silent = List.of(new Peer(HOST, mute.getLocalPort()));
            for (int i = 0; i < 16; i++) {
                Thread thread = new Thread(() -> ask(silent));
                waiting.add(thread);
                thread.start();
            }

            assertThatExceptionOfType(RefusedException.class)
                    .isThrownBy(() -> {
                        while (true) { // until all of them wait
                            peers.ask(silent, QUESTION, deadline(Duration.ofMillis(10)));
                            Thread.sleep(10);
                        }
                    })
                    .withMessageContaining("too many");
            waiting.forEach(Thread::interrupt);
            for (Thread thread : waiting) {
                thread.join();
            }
        }
    }

    private void ask(List<Peer> silent) {
        boolean refused = true; // while the test itself uses the last thread
        while (refused) {
            try {
                peers.ask(silent, QUESTION, deadline(ProgressTimeout.LIMIT));
                refused = false;
            } catch (RefusedException e) {
                Thread.onSpinWait();
            } catch (InterruptedException e) {
                return;
            }
        }
    }
}
