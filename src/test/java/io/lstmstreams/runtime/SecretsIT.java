package io.lstmstreams.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.broker.SecuredBroker;
import io.lstmstreams.broker.SecuredBroker.Right;
import io.lstmstreams.cli.JavaProcess;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.topology.TinyModels;
import io.lstmstreams.waiting.ProgressTimeout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.provider.DirectoryConfigProvider;
import org.apache.kafka.common.config.provider.EnvVarConfigProvider;
import org.apache.kafka.common.config.provider.FileConfigProvider;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code run} with secrets in other places: it finds them, and shows none of them, whatever happens. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a shell script")
class SecretsIT {
    private static final String PASSWORD = "pw-M4RK3R";
    private static final String STORES = "st-M4RK3R";
    private static final String MARKER = "M4RK3R";

    /** The settings that log everything, with the log configuration of the distribution. */
    private static final Map<String, String> CHATTY =
            Map.of("JAVA_OPTS", "-Dlstm.log=DEBUG -Dlstm.log.kafka=DEBUG", "STORE_PASSWORD", STORES);

    private static SecuredBroker secured;
    private static Broker broker;

    @TempDir
    Path directory;

    @BeforeAll
    static void startBroker(@TempDir Path data) throws Exception {
        secured = new SecuredBroker(data, STORES);
        secured.addUser("app", PASSWORD);
        secured.allowOnly(
                "app",
                List.of(
                        new Right(ResourceType.TOPIC, PatternType.PREFIXED, "secrets-", AclOperation.ALL),
                        new Right(ResourceType.GROUP, PatternType.LITERAL, "secrets-app", AclOperation.ALL),
                        new Right(ResourceType.TRANSACTIONAL_ID, PatternType.PREFIXED, "secrets-", AclOperation.ALL)));
        broker = new Broker(secured.bootstrapServers());
    }

    @AfterAll
    static void stopBroker() {
        secured.close();
    }

    /** Returns a configuration without secrets, except for a key that Kafka does not know. */
    private Map<String, String> properties() throws IOException {
        Path secrets = Files.writeString(directory.resolve("secrets.properties"), "password=" + PASSWORD + "\n");
        Files.writeString(directory.resolve("topic"), "secrets-events");
        ModelFile.save(TinyModels.events(), directory.resolve("model.safetensors"));
        Map<String, String> properties = new HashMap<>(
                secured.passwordClient(ScramMechanism.SCRAM_SHA_256, "app", "${file:" + secrets + ":password}"));
        properties.put("config.providers", "file, env, directory");
        properties.put("config.providers.file.class", FileConfigProvider.class.getName());
        properties.put("config.providers.env.class", EnvVarConfigProvider.class.getName());
        properties.put("config.providers.directory.class", DirectoryConfigProvider.class.getName());
        properties.put("ssl.truststore.password", "${env:STORE_PASSWORD}");
        properties.put("producer.ssl.truststore.password", "${env:STORE_PASSWORD}");
        properties.put("interceptor.of.mine.password", "mine-" + MARKER);
        properties.put("application.id", "secrets-app");
        properties.put("state.dir", directory.resolve("states").toString());
        properties.put("lstm.model", directory.resolve("model.safetensors").toString());
        properties.put("lstm.input.topic", "${directory:" + directory + ":topic}");
        properties.put("lstm.output.topic", "secrets-results");
        properties.put("lstm.verdict.topic", "secrets-verdicts");
        return properties;
    }

    private JavaProcess run(Map<String, String> properties, String... arguments) throws IOException {
        String lines = properties.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining("\n"));
        Path file = Files.writeString(Files.createTempFile(directory, "app", ".properties"), lines);
        String[] all = new String[arguments.length + 2];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[arguments.length] = "run";
        all[arguments.length + 1] = file.toString();
        return JavaProcess.launcher(directory, CHATTY, all);
    }

    @Test
    void shouldFetchSecretsAndShowNoneOfThemWhileItRuns() throws Exception {
        // Given
        broker.createTopic("secrets-events", 2);
        Sessions sessions = new Sessions(TinyModels.events(), "secrets-events", 20, null);
        broker.send(sessions.records());

        // When
        try (JavaProcess process = run(properties())) {
            ProgressTimeout.await(
                    "a verdict",
                    process::progress,
                    () -> !process.isAlive() || broker.topics().contains("secrets-verdicts"));
            assertThat(process.isAlive()).as(process.err()).isTrue();
            broker.read(
                    "secrets-verdicts",
                    found -> found.size() >= sessions.verdicts().size());
            process.terminate();
            process.exitCode();

            // Then
            assertThat(process.err())
                    .contains("StreamsConfig values", "ProducerConfig values", "ssl.truststore.password = [hidden]")
                    .doesNotContain(MARKER);
            assertThat(process.out()).doesNotContain(MARKER);
        }
    }

    @ParameterizedTest
    @CsvSource({
        // key, value, expected message
        "sasl.jaas.config, LOGIN username=\"app\" password=\"other-M4RK3R\";, invalid credentials",
        "sasl.jaas.config, LOGIN username=\"app\" password=\"half\"M4RK3R\";, sasl.jaas.config",
        "sasl.jaas.config, LOGIN username=\"app\" password=\"${file:secrets.properties:none}\";, sasl.jaas.config",
        "sasl.jaas.config, LOGIN username=\"app\" password=\"M4RK3R\", sasl.jaas.config",
        "ssl.truststore.password, other-M4RK3R, no connection to 127.0.0.1:",
        "bootstrap.servers, 127.0.0.1:1, no broker answers at 127.0.0.1:1",
        "num.stream.threads, many, num.stream.threads",
        "lstm.batch.size, 1000, lstm.batch.size",
        "lstm.password, M4RK3R, lstm.password",
        "lstm.model, http://me:M4RK3R@127.0.0.1:1/model?signature=M4RK3R, http://***@127.0.0.1:1/model?***",
        "lstm.model, https://me:M4RK3R#@/no uri?M4RK3R, https://***@"
    })
    void shouldShowNoSecretWhenItFails(String key, String value, String says) throws Exception {
        // Given
        Map<String, String> properties = properties();
        String login = "org.apache.kafka.common.security.scram.ScramLoginModule required";
        properties.put(
                key, value.replace("LOGIN", login).replace("secrets.properties", directory + "/secrets.properties"));
        if (key.equals("bootstrap.servers")) {
            properties.put("request.timeout.ms", "2000");
            properties.put("default.api.timeout.ms", "4000");
        }

        for (String[] arguments : new String[][] {{}, {"--verbose"}}) {
            // When
            try (JavaProcess process = run(properties, arguments)) {

                // Then
                assertThat(process.exitCode()).isEqualTo(1);
                assertThat(process.err()).contains(says).doesNotContain(MARKER);
                assertThat(process.out()).doesNotContain(MARKER);
            }
        }
    }
}
