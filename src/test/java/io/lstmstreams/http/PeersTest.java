package io.lstmstreams.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpServer;
import io.lstmstreams.http.Peers.Question;
import io.lstmstreams.runtime.StateQueries.Peer;
import io.lstmstreams.waiting.Patience;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Other instances, of which some do not answer. */
class PeersTest {
    private static final Question QUESTION = new Question("/sequences/a", null);
    private static final String HOST = "127.0.0.1";

    private final Peers peers = new Peers(
            new Access(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), HOST, null, "ops", "secret"));

    private static long deadline(Duration patience) {
        return System.nanoTime() + patience.toNanos();
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
    void shouldAskAsAnInstanceWithTheCredentialsThatAllShare() throws Exception {
        HttpServer server = server(404, "none");
        Peer peer = new Peer(HOST, server.getAddress().getPort());

        List<PeerAnswer> answers = peers.ask(List.of(peer), QUESTION, deadline(Patience.LIMIT));
        server.stop(0);

        assertThat(answers).hasSize(1);
        assertThat(answers.get(0).isNotFound()).isTrue();
        assertThat(answers.get(0).partitions()).containsExactly(0, 2);
        assertThat(answers.get(0).body()).isEqualTo("none".getBytes(UTF_8));
    }

    @Test
    void shouldWaitNoLongerThanThereIsTimeForOneThatSaysNothing() throws Exception {
        HttpServer server = server(200, "here");
        Peer talking = new Peer(HOST, server.getAddress().getPort());
        try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Peer silent = new Peer(HOST, mute.getLocalPort());

            Duration time = Duration.ofSeconds(3);
            List<PeerAnswer> answers = peers.ask(List.of(talking, silent), QUESTION, deadline(time));
            while (!answers.get(0).isOk()) { // a busy machine needs more of it
                time = time.multipliedBy(2);
                answers = peers.ask(List.of(talking, silent), QUESTION, deadline(time));
            }

            assertThat(answers.get(1).isUsable()).isFalse();
            assertThat(answers.get(1).peer()).isEqualTo(silent);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void shouldMakeNothingOfOneThatIsGone() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }

        List<PeerAnswer> answers = peers.ask(List.of(new Peer(HOST, port)), QUESTION, deadline(Patience.LIMIT));

        assertThat(answers.get(0).isUsable()).isFalse();
    }

    @Test
    void shouldMakeNothingOfAHostThatNoAddressCanHave() throws Exception {
        List<PeerAnswer> answers = peers.ask(List.of(new Peer("app_1", 80)), QUESTION, deadline(Patience.LIMIT));

        assertThat(answers.get(0).isUsable()).isFalse();
    }

    @Test
    void shouldLeaveThreadsForWhatOthersAsk() throws Exception {
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
        boolean refused = true; // as long as the test itself has the last place
        while (refused) {
            try {
                peers.ask(silent, QUESTION, deadline(Patience.LIMIT));
                refused = false;
            } catch (RefusedException e) {
                Thread.onSpinWait();
            } catch (InterruptedException e) {
                return;
            }
        }
    }
}
