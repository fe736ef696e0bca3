package io.lstmstreams.http;

import io.lstmstreams.config.LstmStreamsConfig;
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
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.apache.kafka.common.config.ConfigException;

/**
 * The server's address, TLS settings and credentials. Immutable.
 *
 * @param address the address to bind to
 * @param host the configured host
 * @param tls the TLS context, or null for plain HTTP
 * @param user the user, or null if requests need no credentials
 * @param password the user's password
 */
record Access(InetSocketAddress address, String host, SSLContext tls, String user, String password) {
    /**
     * Reads the configuration.
     *
     * @throws ConfigException if the server would be open to everybody without lstm.http.insecure, or a key store cannot be used
     */
    static Access of(LstmStreamsConfig config) {
        String host = config.httpHost();
        InetSocketAddress address = new InetSocketAddress(resolve(host), config.httpPort());
        SSLContext tls = config.httpKeystore() == null ? null : tls(config);
        boolean closed = tls != null && config.httpUser() != null;
        if (!address.getAddress().isLoopbackAddress() && !closed && !config.httpInsecure()) {
            throw new ConfigException(LstmStreamsConfig.HTTP_HOST_CONFIG + "=" + host
                    + " would open the server to everybody who can reach it: set "
                    + LstmStreamsConfig.HTTP_KEYSTORE_CONFIG + ", " + LstmStreamsConfig.HTTP_USER_CONFIG + " and "
                    + LstmStreamsConfig.HTTP_PASSWORD_CONFIG + ", or "
                    + LstmStreamsConfig.HTTP_INSECURE_CONFIG + "=true if that is intended");
        }
        return new Access(address, host, tls, config.httpUser(), config.httpPassword());
    }

    private static InetAddress resolve(String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new ConfigException(LstmStreamsConfig.HTTP_HOST_CONFIG, host, "the host does not exist");
        }
    }

    private static SSLContext tls(LstmStreamsConfig config) {
        String file = config.httpKeystore();
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(Path.of(file))) {
                store.load(in, config.httpKeystorePassword().toCharArray());
            }
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, config.httpKeyPassword().toCharArray());
            SSLContext tls = SSLContext.getInstance("TLS");
            // Other instances have the same key, or a key that is signed by a certificate of this file.
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(certificates(store));
            tls.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return tls;
        } catch (GeneralSecurityException | IOException e) {
            throw new ConfigException(
                    LstmStreamsConfig.HTTP_KEYSTORE_CONFIG, file, "the key store cannot be used: " + e.getMessage());
        }
    }

    /** Returns a trust store of all certificates of a key store, those of its keys and others. */
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
