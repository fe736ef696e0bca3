package io.lstmstreams.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.config.LstmStreamsConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.net.SocketFactory;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that do not read, do not complete their requests, or hang up: health answers beside each kind of them. */
abstract class SlowClientsSuite {
    private static final int HEALTH_LIMIT_MS = 30_000; // for a busy machine; without load an answer takes milliseconds
    private static final int SMALL_BUFFER = 4096;

    /** The beginning of a TLS handshake, which announces 512 bytes and has five of them. */
    private static final String HALF_HANDSHAKE = "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u0000\u0003";

    private final List<Socket> clients = new ArrayList<>();
    private ApplicationServer server;

    /** Returns the server's configuration. */
    abstract LstmStreamsConfig config();

    /** Returns a factory of connected sockets that use the server's protocol. */
    abstract SocketFactory sockets();

    @BeforeEach
    void start() {
        server = ApplicationServer.start(config());
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        server.close();
    }

    @Test
    void shouldAnswerHealthBesideClientsThatNeverReadTheirAnswers() throws Exception {
        for (int i = 0; i < 60; i++) {
            attack(sockets(), request("GET", "/metrics").repeat(200)); // more than all buffers between them hold
        }

        assertHealthAnswers();
    }

    @Test
    void shouldAnswerHealthBesideHalfRequests() throws Exception {
        for (int i = 0; i < 300; i++) {
            attack(sockets(), "GET /metrics HTTP/1.1\r\nHost: local");
        }

        assertHealthAnswers();
    }

    @Test
    void shouldAnswerHealthBesideHalfBodies() throws Exception {
        for (int i = 0; i < 300; i++) {
            attack(sockets(), "POST /predict/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf");
        }

        assertHealthAnswers();
    }

    @Test
    void shouldAnswerHealthBesideUnexpectedBodies() throws Exception {
        for (int i = 0; i < 300; i++) {
            attack(sockets(), "POST /nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf");
        }

        assertHealthAnswers();
    }

    @Test
    void shouldAnswerHealthBesideHalfHandshakes() throws Exception {
        for (int i = 0; i < 100; i++) {
            attack(SocketFactory.getDefault(), HALF_HANDSHAKE);
        }

        assertHealthAnswers();
    }

    @Test
    void shouldAnswerHealthBesideSilentConnections() throws Exception {
        for (int i = 0; i < 300; i++) {
            connect(SocketFactory.getDefault());
        }

        assertHealthAnswers();
    }

    @Test
    void shouldAnswerHealthBesideUnreadEventStreams() throws Exception {
        for (int i = 0; i < 60; i++) {
            attack(sockets(), request("GET", "/dashboard/data/live"));
        }

        assertHealthAnswers();
    }

    @Test
    void shouldAnswerHealthBesideAllKindsAtOnce() throws Exception {
        for (int i = 0; i < 100; i++) {
            attack(SocketFactory.getDefault(), HALF_HANDSHAKE);
        }
        for (int i = 0; i < 20; i++) {
            attack(sockets(), request("GET", "/dashboard/data/live"));
        }
        for (int i = 0; i < 60; i++) {
            attack(sockets(), request("GET", "/metrics").repeat(200));
        }
        for (int i = 0; i < 300; i++) {
            attack(sockets(), "GET /metrics HTTP/1.1\r\nHost: local");
        }

        for (int i = 0; i < 5; i++) {
            assertHealthAnswers();
        }
    }

    @Test
    void shouldRefuseABrokenChunkedBody() throws Exception {
        String head = "POST /predict/a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
        for (String body : List.of("no number\r\n", "fffffffff\r\nx", "4\r\nE5E5E5E5\r\n0\r\n\r\n", "-1\r\n\r\n")) {
            Socket socket = connect(sockets());
            send(socket, head + body);

            assertThat(statusLine(socket)).as(body).startsWith("HTTP/1.1 400");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/dashboard/"})
    void shouldEchoLittleOfALongPath(String folder) throws Exception {
        Socket socket = connect(sockets());
        String path = folder + "x".repeat(50_000);
        send(socket, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(answer)
                .startsWith("HTTP/1.1 404")
                .contains("there is no", "xxx...")
                .hasSizeLessThan(1_500);
    }

    private void assertHealthAnswers() throws IOException {
        try (Socket socket = sockets().createSocket()) {
            socket.setSoTimeout(HEALTH_LIMIT_MS);
            socket.connect(new InetSocketAddress("127.0.0.1", server.address().getPort()), HEALTH_LIMIT_MS);
            send(socket, "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            assertThat(statusLine(socket)).startsWith("HTTP/1.1 200");
        }
    }

    private static String statusLine(Socket socket) throws IOException {
        byte[] start = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
        return new String(start, StandardCharsets.UTF_8);
    }

    private static String request(String method, String path) {
        return method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    }

    /**
     * Sends something that requires no answer. The server may close the connection as soon as other requests need its
     * thread.
     */
    private void attack(SocketFactory factory, String text) throws IOException {
        Socket socket = connect(factory);
        try {
            send(socket, text);
        } catch (SocketException | SSLException e) {
            assertThat(socket.isConnected()).isTrue();
        }
    }

    private Socket connect(SocketFactory factory) throws IOException {
        Socket socket = factory.createSocket();
        clients.add(socket);
        socket.setReceiveBufferSize(SMALL_BUFFER);
        socket.setSoTimeout(HEALTH_LIMIT_MS);
        socket.connect(new InetSocketAddress("127.0.0.1", server.address().getPort()), HEALTH_LIMIT_MS);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
