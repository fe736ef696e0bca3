package io.lstmstreams.http;

import io.lstmstreams.config.HttpConfig;
import io.lstmstreams.config.HttpConfig.Keystore;
import io.lstmstreams.config.HttpConfig.User;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Collections;
import java.util.Objects;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * The server's address, TLS settings and credentials. Immutable.
 *
 * @param address the address to bind to
 * @param host the configured host
 * @param tls the TLS context; null for plain HTTP
 * @param user the user of requests; null if requests need no credentials
 */
record Access(
        InetSocketAddress address,
        String host,
        @Nullable SSLContext tls,
        @Nullable User user) {
    /**
     * Reads the configuration.
     *
     * @param config with {@value HttpConfig#PORT_CONFIG} set
     * @throws ConfigException if the server would accept unauthenticated or unencrypted requests from other machines
     *     without lstm.http.insecure, or if the key store cannot be used
     */
    static Access of(HttpConfig config) {
        String host = config.host();
        int port = Objects.requireNonNull(config.port(), HttpConfig.PORT_CONFIG);
        InetSocketAddress address = new InetSocketAddress(resolve(host), port);
        Keystore keystore = config.keystore();
        SSLContext tls = keystore == null ? null : tls(keystore);
        boolean closed = tls != null && config.user() != null;
        if (!address.getAddress().isLoopbackAddress() && !closed && !config.insecure()) {
            throw new ConfigException(HttpConfig.HOST_CONFIG + "=" + host
                    + " would open the server to everybody who can reach it: set "
                    + HttpConfig.KEYSTORE_CONFIG + ", " + HttpConfig.USER_CONFIG + " and "
                    + HttpConfig.PASSWORD_CONFIG + ", or "
                    + HttpConfig.INSECURE_CONFIG + "=true if that is intended");
        }
        return new Access(address, host, tls, config.user());
    }

    private static InetAddress resolve(String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new ConfigException(HttpConfig.HOST_CONFIG, host, "the host does not exist");
        }
    }

    private static SSLContext tls(Keystore keystore) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(Path.of(keystore.location()))) {
                store.load(in, keystore.password().toCharArray());
            }
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, keystore.keyPassword().toCharArray());
            SSLContext tls = SSLContext.getInstance("TLS");
            // Other instances have the same key, or a key that is signed by a certificate of this file.
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(certificates(store));
            tls.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return tls;
        } catch (GeneralSecurityException | IOException e) {
            throw new ConfigException(
                    HttpConfig.KEYSTORE_CONFIG, keystore.location(), "the key store cannot be used: " + e.getMessage());
        }
    }

    /** Returns a trust store with every certificate of a key store: those of its keys, and those of authorities. */
    private static KeyStore certificates(KeyStore of) throws GeneralSecurityException, IOException {
        KeyStore all = KeyStore.getInstance("PKCS12");
        all.load(null, null);
        for (String alias : Collections.list(of.aliases())) {
            Certificate[] chain = of.getCertificateChain(alias);
            Certificate[] certificates = chain == null ? new Certificate[] {of.getCertificate(alias)} : chain;
            for (int i = 0; i < certificates.length; i++) {
                all.setCertificateEntry(alias + "-" + i, certificates[i]);
            }
        }
        return all;
    }

    /** Returns a host as URLs write it: an IPv6 address in brackets. */
    static String literal(String host) {
        return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    }

    /** Returns whether only programs of this machine can reach the server. */
    boolean isLoopback() {
        return address.getAddress().isLoopbackAddress();
    }

    String scheme() {
        return tls == null ? "http" : "https";
    }
}
