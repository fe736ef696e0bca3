package io.lstmstreams.modelfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lstmstreams.modelfile.tensor.ModelFileException;
import io.lstmstreams.modelfile.tensor.ModelFileException.Inaccessible;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.topology.TinyModels;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DownloadTest {
    private static final String SECRET = "s3cr3t";
    private static HttpServer server;
    private static String host;

    @BeforeAll
    static void startServer(@TempDir Path folder) throws IOException {
        Path model = folder.resolve("model.safetensors");
        ModelFile.save(TinyModels.indexes(), model);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        host = "127.0.0.1:" + server.getAddress().getPort();
        server.createContext("/model.safetensors", exchange -> answer(exchange, 200, Files.readAllBytes(model)));
        server.createContext("/broken.safetensors", exchange -> answer(exchange, 200, new byte[] {1, 2, 3}));
        server.createContext("/forbidden", exchange -> answer(exchange, 403, new byte[] {1}));
        server.createContext("/moved", exchange -> {
            exchange.getResponseHeaders().add("Location", "/forbidden?signature=" + SECRET);
            answer(exchange, 302, new byte[] {1});
        });
        server.start();
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @AfterAll
    static void stopServer() {
        server.stop(0);
    }

    /** Asserts that neither the message nor a stack trace contains the secret. */
    private static void assertThatNothingIsTold(ModelFileException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            assertThat(cause.toString()).doesNotContain(SECRET);
        }
    }

    @Test
    void shouldFetchAModelAndNotCallItByTheQuery() {
        String name = ModelFile.load("http://" + host + "/model.safetensors?signature=" + SECRET)
                .network()
                .name();

        assertThat(name).isEqualTo("tiny");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/no-such-file", "/forbidden", "/moved"})
    void shouldNotRevealASecretOfAUriWhoseFileIsNotAvailable(String path) {
        String uri = "http://me:" + SECRET + "@" + host + path + "?signature=" + SECRET;

        Inaccessible failure = catchThrowableOfType(Inaccessible.class, () -> ModelFile.load(uri));

        assertThat(failure).hasMessageContaining("http://***@" + host + path + "?***: cannot be read");
        assertThatNothingIsTold(failure);
    }

    @Test
    void shouldNotRevealASecretOfAUriThatDoesNotAnswer() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        String uri = "http://me:" + SECRET + "@127.0.0.1:" + port + "/model.safetensors?signature=" + SECRET;

        Inaccessible failure = catchThrowableOfType(Inaccessible.class, () -> ModelFile.load(uri));

        assertThat(failure).hasMessageContaining("ConnectException");
        assertThatNothingIsTold(failure);
    }

    @Test
    void shouldNotRevealASecretOfAUriWhoseFileIsBroken() {
        String uri = "http://me:" + SECRET + "@" + host + "/broken.safetensors?signature=" + SECRET;

        Malformed failure = catchThrowableOfType(Malformed.class, () -> ModelFile.load(uri));

        assertThat(failure)
                .hasMessageStartingWith("http://***@" + host + "/broken.safetensors?***: is not a safetensors file");
        assertThatNothingIsTold(failure);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://me:s3cr3t with a blank@host/model",
                "https://me:s3cr3t/with?more#of@host/model",
                "https://host/model?signature=s3cr3t with a blank",
                "https://host/model?signature=s3cr3t&then=http://[",
                "nonsense://me:s3cr3t@host/model?x=s3cr3t",
                "file://me:s3cr3t@host/model",
                "file:/model?signature=s3cr3t"
            })
    void shouldNotRevealASecretOfAnInvalidUri(String uri) {
        Inaccessible failure = catchThrowableOfType(Inaccessible.class, () -> ModelFile.load(uri));

        assertThatNothingIsTold(failure);
    }
}
