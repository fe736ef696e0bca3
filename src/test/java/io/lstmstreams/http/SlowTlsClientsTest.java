package io.lstmstreams.http;

import io.lstmstreams.broker.KeyPairs;
import io.lstmstreams.config.LstmStreamsConfig;
import java.nio.file.Path;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Slow clients over TLS. */
class SlowTlsClientsTest extends SlowClientsSuite {
    private static final String PASSWORD = "key-secret";
    private static Path store;
    private static SSLContext trusting;

    @BeforeAll
    static void makeKeys(@TempDir Path directory) throws Exception {
        store = new KeyPairs(directory, PASSWORD).make("server");
        trusting = ApplicationServerTest.trust(store);
    }

    @Override
    LstmStreamsConfig config() {
        return ApplicationServerTest.config(
                "lstm.http.tls.keystore.location", store.toString(), "lstm.http.tls.keystore.password", PASSWORD);
    }

    @Override
    SocketFactory sockets() {
        return trusting.getSocketFactory();
    }
}
