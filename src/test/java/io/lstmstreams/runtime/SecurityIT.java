package io.lstmstreams.runtime;

import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DELETE;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.apache.kafka.common.resource.PatternType.LITERAL;
import static org.apache.kafka.common.resource.PatternType.PREFIXED;
import static org.apache.kafka.common.resource.ResourceType.GROUP;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;
import static org.apache.kafka.common.resource.ResourceType.TRANSACTIONAL_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lstmstreams.broker.SecuredBroker;
import io.lstmstreams.broker.SecuredBroker.Right;
import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.input.Model;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.topology.TinyModels;
import io.lstmstreams.waiting.ProgressTimeout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The application on a broker that allows only what an ACL allows: it needs the rights in the page on security, each of
 * them, and no other.
 */
class SecurityIT {
    private static final String USER = "app";
    private static final String PASSWORD = "app-secret";
    private static SecuredBroker secured;
    private static Broker broker;

    private final Model model = TinyModels.events();
    private final String unique = UUID.randomUUID().toString();
    private final String id = "app-" + unique;
    private final String input = "events-" + unique;
    private final String results = "results-" + unique;
    private final String verdicts = "verdicts-" + unique;

    @TempDir
    Path directory;

    @BeforeAll
    static void startBroker(@TempDir Path data) throws Exception {
        secured = new SecuredBroker(data, "store-secret");
        secured.addUser(USER, PASSWORD);
        broker = new Broker(secured.bootstrapServers());
    }

    @AfterAll
    static void stopBroker() {
        secured.close();
    }

    private static Map<String, String> client() {
        return secured.passwordClient(ScramMechanism.SCRAM_SHA_512, USER, PASSWORD);
    }

    private LstmApplication start(Map<String, String> client, String... more) {
        ModelFile.save(model, directory.resolve("model.safetensors"));
        Map<String, String> properties = new HashMap<>(client);
        properties.put("application.id", id);
        properties.put("state.dir", directory.resolve("states").toString());
        properties.put("lstm.model", directory.resolve("model.safetensors").toString());
        properties.put("lstm.input.topic", input);
        properties.put("lstm.output.topic", results);
        properties.put("lstm.verdict.topic", verdicts);
        for (int i = 0; i < more.length; i += 2) {
            properties.put(more[i], more[i + 1]);
        }
        return LstmApplication.start(LstmStreamsConfig.of(properties, Map.of()));
    }

    /**
     * Returns the minimum rights in the page on security: all topics exist, and the events have the sequence as their
     * key.
     */
    private List<Right> least() {
        return new ArrayList<>(List.of(
                new Right(TOPIC, LITERAL, input, READ),
                new Right(TOPIC, LITERAL, results, WRITE),
                new Right(TOPIC, LITERAL, verdicts, WRITE),
                new Right(TOPIC, PREFIXED, id + "-", READ),
                new Right(TOPIC, PREFIXED, id + "-", WRITE),
                new Right(GROUP, LITERAL, id, READ),
                new Right(TRANSACTIONAL_ID, PREFIXED, id + "-", WRITE)));
    }

    /** Returns the rights of an application that creates its own changelog, repartition topic and dead-letter topic. */
    private List<Right> usual() {
        List<Right> rights = least();
        rights.add(new Right(TOPIC, PREFIXED, id + "-", CREATE));
        return rights;
    }

    private void createTopics() throws Exception {
        broker.createTopic(input, 2);
        broker.createTopic(results, 2);
        broker.createTopic(verdicts, 2);
    }

    /** Runs until all sequences have ended, and checks their results. */
    private void assertThatItWorks(Map<String, String> client, String... more) throws Exception {
        boolean byHeader = more.length > 0 && more[1].startsWith("header:");
        Sessions sessions = new Sessions(model, input, 50, byHeader ? "block" : null);
        broker.send(sessions.records());
        int before =
                broker.topics().contains(verdicts) ? broker.readAll(verdicts).size() : 0;
        try (LstmApplication application = start(client, more)) {
            int expected = before + sessions.verdicts().size();
            broker.read(verdicts, found -> found.size() >= expected);
            assertThat(application.metrics().deadLetters().sum())
                    .isEqualTo(sessions.bad().size());
        }
        assertThat(broker.readAll(results)).isNotEmpty();
        assertThat(broker.readAll(id + "-dead-letters"))
                .hasSizeGreaterThanOrEqualTo(sessions.bad().size());
    }

    @ParameterizedTest
    @EnumSource(names = {"SCRAM_SHA_256", "SCRAM_SHA_512"})
    void shouldRunForAUserWithAPassword(ScramMechanism mechanism) throws Exception {
        createTopics();
        secured.allowOnly(USER, usual());

        assertThatItWorks(secured.passwordClient(mechanism, USER, PASSWORD));
    }

    @Test
    void shouldRunForAUserWithACertificate() throws Exception {
        createTopics();
        secured.allowOnly("CN=client", usual());

        assertThatItWorks(secured.certificateClient());
    }

    /** The test does what Strimzi does with the file: it creates topics and ACLs, and writes the user's key. */
    @Test
    void shouldRunWithTheTopicsTheUserAndTheConnectionForStrimzi() throws Exception {
        // Given
        StrimziManifests manifests = new StrimziManifests();
        for (Map.Entry<String, Integer> topic : manifests.topics().entrySet()) {
            broker.createTopic(topic.getKey(), topic.getValue());
        }
        secured.allowOnly("CN=client", manifests.rights());
        Sessions sessions = new Sessions(model, "events", 20, null);
        broker.send(sessions.records());
        ModelFile.save(model, directory.resolve("model.safetensors"));
        Map<String, String> properties = StrimziManifests.properties();
        properties.put("lstm.model", directory.resolve("model.safetensors").toString());
        properties.put("state.dir", directory.resolve("states").toString());
        Map<String, String> environment =
                manifests.environment(secured.certificateClient(), secured.certificate(), directory);

        // When
        try (LstmApplication application = LstmApplication.start(LstmStreamsConfig.of(properties, environment))) {
            broker.read("verdicts", found -> found.size() >= sessions.verdicts().size());

            // Then
            assertThat(application.isRunning()).isTrue();
        }
        assertThat(broker.readAll("results")).isNotEmpty();
        assertThat(broker.topics()).contains("lstm-streams-recurrent-state-changelog", "lstm-streams-dead-letters");
    }

    @Test
    void shouldRunWithoutTheRightToCreateTopicsIfAllExist() throws Exception {
        // Given the topics that an administrator creates beforehand
        createTopics();
        broker.createTopic(id + "-recurrent-state-changelog", 2);
        broker.createTopic(id + "-dead-letters", 2);
        secured.allowOnly(USER, least());

        // Then
        assertThatItWorks(client());
    }

    @Test
    void shouldCreateItsOwnTopicsIfAllowed() throws Exception {
        broker.createTopic(input, 2);
        List<Right> rights = usual();
        rights.add(new Right(TOPIC, LITERAL, results, CREATE));
        rights.add(new Right(TOPIC, LITERAL, verdicts, CREATE));
        secured.allowOnly(USER, rights);

        assertThatItWorks(client());
        assertThat(broker.partitions(results)).isEqualTo(2);
    }

    @Test
    void shouldDeleteRepartitionedRecordsIfAllowed() throws Exception {
        // Given
        createTopics();
        List<Right> rights = usual();
        rights.add(new Right(TOPIC, PREFIXED, id + "-", DELETE));
        secured.allowOnly(USER, rights);
        String repartitioned = id + "-sequences-repartition";
        Sessions sessions = new Sessions(model, input, 20, "block");
        broker.send(sessions.records());

        // When
        try (LstmApplication application =
                start(client(), "lstm.sequence.id", "header:block", "repartition.purge.interval.ms", "200")) {
            broker.read(verdicts, found -> found.size() >= sessions.verdicts().size());
            ProgressTimeout.await(
                    "an empty repartition topic",
                    () -> broker.readAll(repartitioned).isEmpty());

            // Then
            assertThat(application.isRunning()).isTrue();
        }
    }

    @Test
    void shouldContinueWithoutTheRightToDeleteRepartitionedRecords() throws Exception {
        createTopics();
        secured.allowOnly(USER, usual());

        assertThatItWorks(client(), "lstm.sequence.id", "header:block", "repartition.purge.interval.ms", "200");
        assertThat(broker.readAll(id + "-sequences-repartition")).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "0, Not authorized to access topics: [events-",
        "1, the topic results-",
        "2, the topic verdicts-",
        "3, '-recurrent-state-changelog]'",
        "4, Not authorized to access topics: [app-",
        "5, Not authorized to access group: app-",
        "6, the application's user needs WRITE on the transactional ids that begin with <application.id>-",
        "7, '-dead-letters can neither be read nor created'"
    })
    void shouldStopWithAOneLineReasonIfARightIsMissing(int missing, String says) throws Exception {
        // Given
        createTopics();
        List<Right> rights = usual();
        Right right = rights.remove(missing);
        secured.allowOnly(USER, rights);
        broker.send(new Sessions(model, input, 5, null).records());

        // Then
        assertThatThrownBy(() -> {
                    try (LstmApplication application = start(client())) {
                        application.awaitStop();
                    }
                })
                .as("without " + right)
                .isInstanceOf(ApplicationException.class)
                .hasMessageContaining(says)
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @CsvSource({
        "sasl.mechanism, PLAIN, the topics cannot be read: ",
        "sasl.mechanism, SCRAM-SHA-256, the topics cannot be read: ",
        "ssl.truststore.location, no-such.p12, no connection to 127.0.0.1:"
    })
    void shouldReportAFailedAuthenticationInOneLine(String key, String value, String says) {
        Map<String, String> client =
                new HashMap<>(secured.passwordClient(ScramMechanism.SCRAM_SHA_512, USER, "another-secret"));
        client.put(key, value);

        assertThatThrownBy(() -> start(client).close())
                .isInstanceOf(ApplicationException.class)
                .hasMessageStartingWith(says)
                .hasMessageNotContaining("secret")
                .hasMessageNotContaining("\n");
    }
}
