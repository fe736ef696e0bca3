package io.lstmstreams.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** More requests than threads, and requests that take longer than their timeout. */
class RequestThreadsTest {
    private static final byte[] LARGE = new byte[64 << 20]; // more than all buffers between server and client hold

    private final CountDownLatch released = new CountDownLatch(1);
    private final List<Socket> clients = new ArrayList<>();
    private final List<AutoCloseable> started = new ArrayList<>();

    /**
     * Starts a server.
     *
     * @return its port
     */
    private int start(Duration toArrive, Duration toAnswer) throws IOException {
        RequestThreads threads = RequestThreads.start(toArrive);
        ResponsePool responses = new ResponsePool(toAnswer);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        server.setExecutor(threads);
        HostCheck host = new HostCheck("localhost", true);
        server.createContext("/", new Dispatcher(routes(), host, threads, responses::compute, new Semaphore(1)));
        server.start();
        started.add(responses);
        started.add(threads);
        started.add(() -> server.stop(0));
        return server.getAddress().getPort();
    }

    private List<Route> routes() {
        return List.of(
                Route.get("/small", request -> Response.text("text/plain", "small")),
                Route.get("/large", request -> Response.json(LARGE)),
                Route.get("/hanging", request -> {
                    released.await();
                    return Response.text("text/plain", "released");
                }),
                Route.get("/silent", request -> Response.events(events -> released.await())));
    }

    @AfterEach
    void stop() throws Exception {
        released.countDown();
        for (Socket client : clients) {
            client.close();
        }
        for (AutoCloseable one : started) {
            one.close();
        }
    }

    private Socket send(int port, String text) throws IOException {
        Socket socket = new Socket();
        clients.add(socket);
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        return socket;
    }

    private Socket ask(int port, String path) throws IOException {
        return send(port, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    }

    /** Reads the whole answer and closes the connection, so that a loop of requests does not use up the descriptors. */
    private static String answer(Socket socket) throws IOException {
        String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        socket.close();
        return answer;
    }

    @Test
    void shouldCloseHalfRequestsIfThereAreMoreThanThreads() throws Exception {
        int port = start(Duration.ofHours(1), Duration.ofHours(1));
        for (int i = 0; i < RequestThreads.MAX_THREADS + 50; i++) {
            send(port, "GET /small HTTP/1.1\r\nHo");
        }

        assertThat(answer(ask(port, "/small"))).startsWith("HTTP/1.1 200").endsWith("small");
    }

    @Test
    void shouldCloseUnreadAnswersIfThereAreMoreThanThreads() throws Exception {
        int port = start(Duration.ofHours(1), Duration.ofHours(1));
        for (int i = 0; i < RequestThreads.MAX_THREADS + 50; i++) {
            ask(port, "/large");
        }

        String answer = answer(ask(port, "/small"));
        while (answer.contains("too many requests")) { // until the others have been answered
            answer = answer(ask(port, "/small"));
        }

        assertThat(answer).startsWith("HTTP/1.1 200").endsWith("small");
    }

    @Test
    void shouldCloseARequestThatDoesNotArriveInTime() throws Exception {
        int port = start(Duration.ofMillis(200), Duration.ofHours(1));

        assertThat(answer(send(port, "GET /small HTTP/1.1\r\nHo"))).isEmpty();
    }

    @Test
    void shouldAnswerThatAnAnswerIsNotReadyInTime() throws Exception {
        int port = start(Duration.ofHours(1), Duration.ofMillis(200));

        assertThat(answer(ask(port, "/hanging")))
                .startsWith("HTTP/1.1 503")
                .contains("Retry-after: 1")
                .contains("the response was not ready within");
    }

    @Test
    void shouldRefuseRequestsBeyondThoseThatItCanAnswer() throws Exception {
        int port = start(Duration.ofHours(1), Duration.ofHours(1));
        for (int i = 0; i < 84; i++) {
            ask(port, "/hanging");
        }

        String answer = "";
        while (!answer.contains("too many requests")) { // until all of them have arrived
            Socket small = ask(port, "/small");
            small.setSoTimeout(500);
            try {
                answer = answer(small);
            } catch (SocketTimeoutException e) {
                answer = "it waits behind the others, and takes the last place";
            }
        }

        assertThat(answer).startsWith("HTTP/1.1 503");
    }

    @Test
    void shouldEndASilentStream() throws Exception {
        int port = start(Duration.ofHours(1), Duration.ofHours(1));

        assertThat(answer(ask(port, "/silent"))).startsWith("HTTP/1.1 200");
    }
}
