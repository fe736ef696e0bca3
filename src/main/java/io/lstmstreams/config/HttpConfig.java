package io.lstmstreams.config;

import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/** The keys {@code lstm.http.*} of the HTTP server, and their values in a configuration. Immutable. */
public final class HttpConfig {
    public static final String PORT_CONFIG = "lstm.http.port";
    private static final String PORT_DOC =
            "The port of the HTTP server, which serves the dashboard, queries about sequences, metrics and health:"
                    + " see dashboard.md and queries.md. application.server, if not set, is this server's address. 0: any"
                    + " free port. Not set: no server.";

    public static final String HOST_CONFIG = "lstm.http.host";
    private static final String HOST_DOC =
            "The address on which the HTTP server listens. An address that other machines can reach, such as 0.0.0.0,"
                    + " requires TLS and a user, or lstm.http.insecure.";

    public static final String KEYSTORE_CONFIG = "lstm.http.tls.keystore.location";
    private static final String KEYSTORE_DOC =
            "A PKCS12 file with the key and certificate of the HTTP server. If it is set, the server accepts TLS only.";

    public static final String KEYSTORE_PASSWORD_CONFIG = "lstm.http.tls.keystore.password";
    private static final String KEYSTORE_PASSWORD_DOC = "The password of lstm.http.tls.keystore.location.";

    public static final String KEY_PASSWORD_CONFIG = "lstm.http.tls.key.password";
    private static final String KEY_PASSWORD_DOC =
            "The password of the key in lstm.http.tls.keystore.location. Default: lstm.http.tls.keystore.password.";

    public static final String USER_CONFIG = "lstm.http.user";
    private static final String USER_DOC =
            "The user that must authenticate with lstm.http.password (basic authentication) for every request but"
                    + " those of health.";

    public static final String PASSWORD_CONFIG = "lstm.http.password";
    private static final String PASSWORD_DOC = "The password of lstm.http.user.";

    public static final String INSECURE_CONFIG = "lstm.http.insecure";
    private static final String INSECURE_DOC =
            "If true, the HTTP server may listen without TLS or without a user on an address that other machines can"
                    + " reach. Set it only if something else controls the access.";

    /**
     * A PKCS12 file with a key and its certificates.
     *
     * @param location the file's path
     * @param password the file's password
     * @param keyPassword the key's password
     */
    public record Keystore(String location, String password, String keyPassword) {
        /** Returns the location, without the passwords. */
        @Override
        public String toString() {
            return location;
        }
    }

    /**
     * A user and the user's password.
     *
     * @param name the user's name
     * @param password the user's password
     */
    public record User(String name, String password) {
        /** Returns the name, without the password. */
        @Override
        public String toString() {
            return name;
        }
    }

    private final Values values;

    HttpConfig(Values values) {
        this.values = values;
    }

    /** Declares the keys of this group. */
    static void define(ConfigDef definition) {
        definition
                .define(PORT_CONFIG, Type.INT, null, Validators.portOrNone(), Importance.MEDIUM, PORT_DOC)
                .define(HOST_CONFIG, Type.STRING, "127.0.0.1", Validators.notEmpty(), Importance.MEDIUM, HOST_DOC)
                .define(KEYSTORE_CONFIG, Type.STRING, null, Importance.MEDIUM, KEYSTORE_DOC)
                .define(KEYSTORE_PASSWORD_CONFIG, Type.PASSWORD, null, Importance.MEDIUM, KEYSTORE_PASSWORD_DOC)
                .define(KEY_PASSWORD_CONFIG, Type.PASSWORD, null, Importance.LOW, KEY_PASSWORD_DOC)
                .define(USER_CONFIG, Type.STRING, null, Importance.MEDIUM, USER_DOC)
                .define(PASSWORD_CONFIG, Type.PASSWORD, null, Importance.MEDIUM, PASSWORD_DOC)
                .define(INSECURE_CONFIG, Type.BOOLEAN, false, Importance.LOW, INSECURE_DOC);
    }

    void check() {
        checkTogether(
                KEYSTORE_CONFIG,
                values.text(KEYSTORE_CONFIG),
                KEYSTORE_PASSWORD_CONFIG,
                values.secret(KEYSTORE_PASSWORD_CONFIG));
        checkTogether(USER_CONFIG, values.text(USER_CONFIG), PASSWORD_CONFIG, values.secret(PASSWORD_CONFIG));
    }

    private static void checkTogether(String key, @Nullable String value, String other, @Nullable String otherValue) {
        if ((value == null) != (otherValue == null)) {
            throw new ConfigException(
                    (value == null ? other : key) + " requires " + (value == null ? key : other) + " to be set too");
        }
    }

    /** Returns {@value #PORT_CONFIG}; null if there is no server. */
    public @Nullable Integer port() {
        return values.getInt(PORT_CONFIG);
    }

    /** Returns {@value #HOST_CONFIG}. */
    public String host() {
        return values.getString(HOST_CONFIG);
    }

    /** Returns the key store for TLS; null if {@value #KEYSTORE_CONFIG} is not set. The server uses plain HTTP then. */
    public @Nullable Keystore keystore() {
        String location = values.text(KEYSTORE_CONFIG);
        String password = values.secret(KEYSTORE_PASSWORD_CONFIG);
        if (location == null || password == null) {
            return null;
        }
        String keyPassword = values.secret(KEY_PASSWORD_CONFIG);
        return new Keystore(location, password, keyPassword == null ? password : keyPassword);
    }

    /** Returns the user; null if {@value #USER_CONFIG} is not set. Requests need no credentials then. */
    public @Nullable User user() {
        String name = values.text(USER_CONFIG);
        String password = values.secret(PASSWORD_CONFIG);
        return name == null || password == null ? null : new User(name, password);
    }

    /** Returns {@value #INSECURE_CONFIG}. */
    public boolean insecure() {
        return values.getBoolean(INSECURE_CONFIG);
    }
}
