package io.lstmstreams.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Key pairs and certificates that the {@code keytool} of the tests' Java creates. */
public final class KeyPairs {
    private static final String NAME = "self";

    private final Path directory;
    private final String password;

    /** Creates an instance that writes files into a directory, all with one password. */
    public KeyPairs(Path directory, String password) {
        this.directory = directory;
        this.password = password;
    }

    /** Creates a PKCS12 file with a key pair that is its own authority. */
    public Path make(String commonName) {
        Path store = directory.resolve(commonName + ".p12");
        keytool(
                store,
                "-genkeypair",
                "-keyalg",
                "EC",
                "-validity",
                "2",
                "-dname",
                "CN=" + commonName,
                "-ext",
                "SAN=IP:127.0.0.1,DNS:localhost");
        return store;
    }

    /** Creates a PKCS12 file that trusts the owner of a key pair. */
    public Path trust(Path keyPair) {
        Path certificate = directory.resolve(keyPair.getFileName() + ".cer");
        Path store = directory.resolve("trusts-" + keyPair.getFileName());
        keytool(keyPair, "-exportcert", "-file", certificate.toString());
        keytool(store, "-importcert", "-noprompt", "-file", certificate.toString());
        return store;
    }

    /** Creates a PEM file with the certificate of a key pair. */
    public Path certificate(Path keyPair) {
        Path file = directory.resolve(keyPair.getFileName() + ".crt");
        keytool(keyPair, "-exportcert", "-rfc", "-file", file.toString());
        return file;
    }

    private void keytool(Path store, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                password,
                "-alias",
                NAME));
        command.addAll(Arrays.asList(arguments));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException("keytool failed: " + said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
