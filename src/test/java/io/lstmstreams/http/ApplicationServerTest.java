package io.lstmstreams.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lstmstreams.broker.KeyPairs;
import io.lstmstreams.config.LstmStreamsConfig;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The HTTP server before its application has started. */
class ApplicationServerTest {
    @TempDir
    Path directory;

    /** Returns the configuration of a server whose application never starts. */
    static LstmStreamsConfig config(String... more) {
        Map<String, String> properties = new HashMap<>(Map.of(
                "application.id", "app",
                "bootstrap.servers", "localhost:1",
                "lstm.model", "model.safetensors",
                "lstm.input.topic", "events",
                "lstm.output.topic", "results",
                "lstm.http.port", "0"));
        for (int i = 0; i < more.length; i += 2) {
            properties.put(more[i], more[i + 1]);
        }
        return LstmStreamsConfig.of(properties, Map.of());
    }

    private static HttpResponse<String> get(ApplicationServer server, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(server.address().resolve(path)).build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void shouldBeLiveBeforeItIsReady() throws Exception {
        try (ApplicationServer server = ApplicationServer.start(config())) {
            assertThat(get(server, "/health/live").statusCode()).isEqualTo(200);
            HttpResponse<String> ready = get(server, "/health/ready");
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.headers().firstValue("Retry-After")).contains("1");
            assertThat(ready.body()).contains("\"status\":\"STARTING\"");
        }
    }

    @Test
    void shouldRefuseQueriesBeforeTheStart() throws Exception {
        try (ApplicationServer server = ApplicationServer.start(config())) {
            HttpResponse<String> answer = get(server, "/sequences/a");

            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).contains("1");
        }
    }

    @Test
    void shouldAnnounceItsAddressUnlessOneIsConfigured() {
        LstmStreamsConfig told = config("application.server", "app-0.apps:80");
        LstmStreamsConfig open = config("lstm.http.host", "0.0.0.0", "lstm.http.insecure", "true");
        try (ApplicationServer server = ApplicationServer.start(config());
                ApplicationServer everywhere = ApplicationServer.start(open)) {
            int port = server.address().getPort();

            assertThat(server.announce(config()).kafka()).containsEntry("application.server", "127.0.0.1:" + port);
            assertThat(server.announce(told).kafka()).containsEntry("application.server", "app-0.apps:80");
            assertThat(everywhere.announce(open).kafka()).doesNotContainKey("application.server");
        }
    }

    @Test
    void shouldListenOnLoopbackByDefault() {
        try (ApplicationServer server = ApplicationServer.start(config())) {
            assertThat(server.address().getHost()).isEqualTo("127.0.0.1");
        }
    }

    @Test
    void shouldReportAMissingResourceInOneLine() throws Exception {
        try (ApplicationServer server = ApplicationServer.start(config())) {
            HttpResponse<String> answer = get(server, "/no/such/thing");

            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(answer.body()).isEqualTo("{\"error\":\"there is nothing at /no/such/thing\"}\n");
        }
    }

    @Test
    void shouldRefuseRequestsOfOtherSitesPages() throws Exception {
        try (ApplicationServer server = ApplicationServer.start(config())) {
            HttpResponse<String> answer = get(server, "/health/live");

            assertThat(answer.headers().map()).doesNotContainKey("access-control-allow-origin");
            assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        }
    }

    @Test
    void shouldRefuseAnUnknownHostName() throws Exception {
        try (ApplicationServer server = ApplicationServer.start(config())) {
            assertThat(statusLine(server, "evil.example")).contains("403");
            assertThat(statusLine(server, "localhost:" + server.address().getPort()))
                    .contains("200");
        }
    }

    /** Sends a request by hand, because the JDK's client does not allow to set the header Host. */
    private static String statusLine(ApplicationServer server, String host) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", server.address().getPort())) {
            String request = "GET /health/live HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void shouldRequireTlsAndAUserForOtherMachines() {
        LstmStreamsConfig open = config("lstm.http.host", "0.0.0.0", "lstm.http.user", "u", "lstm.http.password", "p");

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> ApplicationServer.start(open))
                .withMessageContaining("lstm.http.tls.keystore.location")
                .withMessageContaining("lstm.http.insecure=true")
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    }

    @Test
    void shouldListenForOtherMachinesIfConfigured() throws Exception {
        try (ApplicationServer server =
                ApplicationServer.start(config("lstm.http.host", "0.0.0.0", "lstm.http.insecure", "true"))) {
            URI loopback = URI.create("http://127.0.0.1:" + server.address().getPort());

            HttpURLConnection connection =
                    (HttpURLConnection) loopback.resolve("/health/live").toURL().openConnection();

            assertThat(connection.getResponseCode()).isEqualTo(200);
        }
    }

    @Test
    void shouldUseTlsAndRequireCredentials() throws Exception {
        KeyPairs keys = new KeyPairs(directory, "key-secret");
        Path store = keys.make("server");
        try (ApplicationServer server = ApplicationServer.start(config(
                "lstm.http.host", "localhost",
                "lstm.http.tls.keystore.location", store.toString(),
                "lstm.http.tls.keystore.password", "key-secret",
                "lstm.http.user", "ops",
                "lstm.http.password", "secret"))) {
            HttpClient client = HttpClient.newBuilder().sslContext(trust(store)).build();

            assertThat(status(client, server, "/health/live", null)).isEqualTo(200);
            assertThat(status(client, server, "/", null)).isEqualTo(401);
            assertThat(status(client, server, "/metrics", null)).isEqualTo(401);
            assertThat(status(client, server, "/metrics", "ops:secret")).isEqualTo(200);
            assertThat(status(client, server, "/", "ops:wrong")).isEqualTo(401);
            assertThat(status(client, server, "/nothing", "ops:secret")).isEqualTo(404);
        }
    }

    private static int status(HttpClient client, ApplicationServer server, String path, String credentials)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.address().resolve(path));
        if (credentials != null) {
            String basic = Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
            request.header("Authorization", "Basic " + basic);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    /** Returns a context that trusts the certificates of a key store, whose password is key-secret. */
    static SSLContext trust(Path store) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            trusted.load(in, "key-secret".toCharArray());
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
