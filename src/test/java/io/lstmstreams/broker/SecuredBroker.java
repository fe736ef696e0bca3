package io.lstmstreams.broker;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * A broker that allows only what an ACL allows. It has three listeners: SASL_SSL for users with a password, SSL for
 * users with a certificate, and a plain one on loopback for the test itself, which may do everything.
 */
public final class SecuredBroker implements AutoCloseable {
    private static final int ITERATIONS = 4096;
    private static final String LOGIN = "org.apache.kafka.common.security.scram.ScramLoginModule required";

    private final EmbeddedBroker broker;
    private final String stores; // the password of the key stores
    private final Path trusted;
    private final Path client;
    private final Path certificate;
    private final String sasl;
    private final String mutual;

    /** An operation that a user may do on resources with a name. */
    public record Right(ResourceType type, PatternType pattern, String name, AclOperation operation) {
        @Override
        public String toString() {
            return operation + " " + type + (pattern == PatternType.PREFIXED ? " that begins with " : " ") + name;
        }

        private AclBinding of(String user) {
            return new AclBinding(
                    new ResourcePattern(type, name, pattern),
                    new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW));
        }
    }

    /**
     * Starts the broker.
     *
     * @param data the directory for its topics and key stores
     * @param password the password of its key stores
     */
    public SecuredBroker(Path data, String password) {
        KeyPairs pairs = new KeyPairs(data, password);
        Path server = pairs.make("broker");
        stores = password;
        client = pairs.make("client");
        trusted = pairs.trust(server);
        certificate = pairs.certificate(server);
        int plainPort = LoopbackPort.free(0);
        String host = "://" + LoopbackPort.HOST + ":";
        sasl = LoopbackPort.HOST + ":" + LoopbackPort.free(0);
        mutual = LoopbackPort.HOST + ":" + LoopbackPort.free(0);
        String controller = LoopbackPort.HOST + ":" + LoopbackPort.free(0);
        String clients = "CLIENTS" + host + plainPort + ",SASL://" + sasl + ",MUTUAL://" + mutual;
        broker = EmbeddedBroker.start(
                plainPort,
                data.resolve("topics"),
                Map.ofEntries(
                        Map.entry("listeners", clients + ",CONTROLLER://" + controller),
                        Map.entry("advertised.listeners", clients),
                        Map.entry("controller.quorum.voters", "1@" + controller),
                        Map.entry(
                                "listener.security.protocol.map",
                                "CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL:SASL_SSL,MUTUAL:SSL"),
                        Map.entry("sasl.enabled.mechanisms", "SCRAM-SHA-256,SCRAM-SHA-512"),
                        Map.entry("listener.name.sasl.scram-sha-256.sasl.jaas.config", LOGIN + ";"),
                        Map.entry("listener.name.sasl.scram-sha-512.sasl.jaas.config", LOGIN + ";"),
                        Map.entry("ssl.keystore.location", server.toString()),
                        Map.entry("ssl.keystore.type", "PKCS12"),
                        Map.entry("ssl.keystore.password", password),
                        Map.entry("ssl.truststore.location", pairs.trust(client).toString()),
                        Map.entry("ssl.truststore.type", "PKCS12"),
                        Map.entry("ssl.truststore.password", password),
                        Map.entry("listener.name.mutual.ssl.client.auth", "required"),
                        Map.entry("listener.name.sasl.ssl.client.auth", "none"),
                        Map.entry("auto.create.topics.enable", false),
                        Map.entry("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer"),
                        Map.entry("super.users", "User:ANONYMOUS"))); // the user of the plain listener
    }

    /** Returns the plain listener's address. */
    public String bootstrapServers() {
        return broker.bootstrapServers();
    }

    /** Returns the settings of a client with a password. */
    public Map<String, String> passwordClient(ScramMechanism mechanism, String user, String password) {
        return Map.of(
                "bootstrap.servers",
                sasl,
                "security.protocol",
                "SASL_SSL",
                "ssl.truststore.location",
                trusted.toString(),
                "ssl.truststore.type",
                "PKCS12",
                "ssl.truststore.password",
                stores,
                "sasl.mechanism",
                mechanism.mechanismName(),
                "sasl.jaas.config",
                LOGIN + " username=\"" + user + "\" password=\"" + password + "\";");
    }

    /** Returns the settings of the client with a certificate, whose user is {@code CN=client}. */
    public Map<String, String> certificateClient() {
        return Map.of(
                "bootstrap.servers",
                mutual,
                "security.protocol",
                "SSL",
                "ssl.truststore.location",
                trusted.toString(),
                "ssl.truststore.type",
                "PKCS12",
                "ssl.truststore.password",
                stores,
                "ssl.keystore.location",
                client.toString(),
                "ssl.keystore.type",
                "PKCS12",
                "ssl.keystore.password",
                stores);
    }

    /** Returns the PEM file with the broker's certificate. */
    public Path certificate() {
        return certificate;
    }

    /** Sets a user's password, for both mechanisms. */
    public void addUser(String user, String password) throws InterruptedException, ExecutionException {
        try (Admin admin = admin()) {
            for (ScramMechanism mechanism : List.of(ScramMechanism.SCRAM_SHA_256, ScramMechanism.SCRAM_SHA_512)) {
                ScramCredentialInfo info = new ScramCredentialInfo(mechanism, ITERATIONS);
                admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(user, info, password)))
                        .all()
                        .get();
            }
        }
    }

    /** Gives a user these rights and no others. */
    public void allowOnly(String user, Collection<Right> rights) throws InterruptedException, ExecutionException {
        try (Admin admin = admin()) {
            admin.deleteAcls(List.of(AclBindingFilter.ANY)).all().get();
            Set<AclBinding> wanted =
                    rights.stream().map(right -> right.of(user)).collect(Collectors.toSet());
            admin.createAcls(wanted).all().get();
            while (!Set.copyOf(admin.describeAcls(AclBindingFilter.ANY).values().get())
                    .equals(wanted)) {
                Thread.sleep(20); // until the broker receives the change from its controller
            }
        }
    }

    private Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", bootstrapServers()));
    }

    @Override
    public void close() {
        broker.close();
    }
}
