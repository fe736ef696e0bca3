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
 * Where the server listens and whom it lets in. Immutable.
 *
 * @param address to bind to
 * @param host as it was configured
 * @param tls null for plain HTTP
 * @param user null where nobody is asked for credentials
 * @param password of the user
 */
record Access(InetSocketAddress address, String host, SSLContext tls, String user, String password) {
    /**
     * What a configuration says.
     *
     * @throws ConfigException if it would let in everybody without having been told to, or a key store is of no use
     */
    static Access of(LstmStreamsConfig config) {
        String host = config.httpHost();
        InetSocketAddress address = new InetSocketAddress(resolve(host), config.httpPort());
        SSLContext tls = config.httpKeystore() == null ? null : tls(config);
        boolean closed = tls != null && config.httpUser() != null;
        if (!address.getAddress().isLoopbackAddress() && !closed && !config.httpInsecure()) {
            throw new ConfigException(LstmStreamsConfig.HTTP_HOST_CONFIG + "=" + host
                    + " would let in everybody who reaches it: set "
                    + LstmStreamsConfig.HTTP_KEYSTORE_CONFIG + ", " + LstmStreamsConfig.HTTP_USER_CONFIG + " and "
                    + LstmStreamsConfig.HTTP_PASSWORD_CONFIG + ", or "
                    + LstmStreamsConfig.HTTP_INSECURE_CONFIG + "=true if that is what you want");
        }
        return new Access(address, host, tls, config.httpUser(), config.httpPassword());
    }

    private static InetAddress resolve(String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new ConfigException(LstmStreamsConfig.HTTP_HOST_CONFIG, host, "there is no such host");
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
            // Other instances have the same key, or one that is signed by a certificate that the file has too.
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(certificates(store));
            tls.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return tls;
        } catch (GeneralSecurityException | IOException e) {
            throw new ConfigException(
                    LstmStreamsConfig.HTTP_KEYSTORE_CONFIG, file, "it cannot be used: " + e.getMessage());
        }
    }

    /** All that a file has, of its keys and by themselves, to trust in. */
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

    /** A host as addresses write it: that of IPv6 in brackets. */
    static String literal(String host) {
        return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    }

    /** Whether only programs of this machine reach it. */
    boolean isLoopback() {
        return address.getAddress().isLoopbackAddress();
    }

    String scheme() {
        return tls == null ? "http" : "https";
    }
}
