package io.lstmstreams.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lstmstreams.config.RecordPart.From;
import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.output.Include;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.provider.DirectoryConfigProvider;
import org.apache.kafka.common.config.provider.FileConfigProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LstmStreamsConfigTest {

    /** The least that is needed, and what a test adds to it. */
    private static LstmStreamsConfig config(String... keysAndValues) {
        return LstmStreamsConfig.of(properties(keysAndValues), Map.of());
    }

    private static Map<String, String> properties(String... keysAndValues) {
        Map<String, String> properties = new HashMap<>();
        properties.put("lstm.model", "m.safetensors");
        properties.put("lstm.input.topic", "events");
        properties.put("lstm.output.topic", "results");
        for (int i = 0; i < keysAndValues.length; i += 2) {
            properties.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return properties;
    }

    private static void assertRefused(String message, String... keysAndValues) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> config(keysAndValues))
                .withMessageContaining(message)
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    }

    @Test
    void shouldHaveDefaultsForAllButModelAndTopics() {
        LstmStreamsConfig config = config();

        assertThat(config.models().file()).isEqualTo("m.safetensors");
        assertThat(config.input().topic()).isEqualTo("events");
        assertThat(config.input().format()).isEqualTo(InputFormat.JSON);
        assertThat(config.input().event()).isEqualTo("/event");
        assertThat(config.sequences().id()).isEqualTo(new RecordPart(From.KEY, ""));
        assertThat(config.sequences().idleTimeoutMs()).isZero();
        assertThat(config.sequences().maxSteps()).isZero();
        assertThat(config.output().topic()).isEqualTo("results");
        assertThat(config.output().format()).isEqualTo(OutputFormat.JSON);
        assertThat(config.output().include()).isEmpty();
        assertThat(config.output().topK()).isEqualTo(3);
        assertThat(config.output().verdictTopic()).isNull();
        assertThat(config.input().unknownEvents()).isEqualTo(UnknownEvents.DEAD_LETTER);
        assertThat(config.kernel()).isEqualTo("auto");
        assertThat(config.kernelWeights()).isEqualTo("float32");
        assertThat(config.kafka()).isEmpty();
    }

    @Test
    void shouldReadEveryKey() {
        LstmStreamsConfig config = config(
                "lstm.input.format", "float32",
                "lstm.input.event", "/a/b",
                "lstm.sequence.id", "header:session",
                "lstm.sequence.idle.timeout.ms", "60000",
                "lstm.sequence.max.steps", "100",
                "lstm.output.format", "float32",
                "lstm.output.include", "state, gates",
                "lstm.output.top.k", "0",
                "lstm.verdict.topic", " verdicts ",
                "lstm.unknown.event", "unknown-symbol",
                "lstm.kernel", "scalar");

        assertThat(config.input().format()).isEqualTo(InputFormat.FLOAT32);
        assertThat(config.input().event()).isEqualTo("/a/b");
        assertThat(config.sequences().id()).isEqualTo(new RecordPart(From.HEADER, "session"));
        assertThat(config.sequences().idleTimeoutMs()).isEqualTo(60_000);
        assertThat(config.sequences().maxSteps()).isEqualTo(100);
        assertThat(config.output().format()).isEqualTo(OutputFormat.FLOAT32);
        assertThat(config.output().include()).containsExactly("state", "gates");
        assertThat(config.output().topK()).isZero();
        assertThat(config.output().verdictTopic()).isEqualTo("verdicts");
        assertThat(config.input().unknownEvents()).isEqualTo(UnknownEvents.UNKNOWN_SYMBOL);
        assertThat(config.kernel()).isEqualTo("scalar");
    }

    @Test
    void shouldPassAllOtherKeysOnUnchanged() {
        LstmStreamsConfig config = config("application.id", "a", "lstmfoo", "b", "producer.linger.ms", "5");

        assertThat(config.kafka())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("application.id", "a", "lstmfoo", "b", "producer.linger.ms", "5"));
    }

    @Test
    void shouldOverrideOurKeysAndKafkasByTheEnvironment() {
        LstmStreamsConfig config = LstmStreamsConfig.of(
                properties("state.dir", "/a"),
                Map.of(
                        "LSTM_STREAMS_LSTM_MODEL", "other.safetensors",
                        "LSTM_STREAMS_STATE_DIR", "/b",
                        "LSTM_STREAMS_LSTM_OUTPUT_TOP_K", "7",
                        "LSTM_MODEL", "not ours",
                        "PATH", "/bin"));

        assertThat(config.models().file()).isEqualTo("other.safetensors");
        assertThat(config.output().topK()).isEqualTo(7);
        assertThat(config.kafka()).containsExactly(Map.entry("state.dir", "/b"));
    }

    @Test
    void shouldRefuseAnUnknownKeyInTheEnvironmentToo() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> LstmStreamsConfig.of(properties(), Map.of("LSTM_STREAMS_LSTM_MODLE", "x")))
                .withMessage("Unknown key lstm.modle. Did you mean lstm.model?");
    }

    @ParameterizedTest
    @CsvSource({
        "lstm.modell, lstm.model",
        "lstm.input.topics, lstm.input.topic",
        "lstm.ouput.top-k, lstm.output.top.k",
        "lstm.idle.timeout.ms, lstm.sequence.idle.timeout.ms"
    })
    void shouldNameTheNearestKey(String mistyped, String nearest) {
        assertRefused("Unknown key " + mistyped + ". Did you mean " + nearest + "?", mistyped, "x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lstm.model", "lstm.input.topic"})
    void shouldRefuseToGoWithoutAModelOrAnInput(String key) {
        Map<String, String> properties = properties();
        properties.remove(key);

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> LstmStreamsConfig.of(properties, Map.of()))
                .withMessageContaining(key);
        assertRefused(key, key, " ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lstm.input.format | avro",
                "lstm.input.format | JSON",
                "lstm.input.event | event",
                "lstm.sequence.id | value",
                "lstm.sequence.id | header:",
                "lstm.sequence.id | field:user",
                "lstm.sequence.id | ''",
                "lstm.sequence.idle.timeout.ms | -1",
                "lstm.sequence.idle.timeout.ms | 1m",
                "lstm.sequence.max.steps | -1",
                "lstm.output.format | csv",
                "lstm.output.include | states",
                "lstm.output.include | state,,gates",
                "lstm.output.top.k | -1",
                "lstm.output.top.k | 2.5",
                "lstm.unknown.event | ignore",
                "lstm.kernel | gpu",
                "lstm.kernel.weights | int8"
            })
    void shouldRefuseAWrongValueAndNameItsKey(String key, String value) {
        assertRefused(key, key, value);
    }

    @Test
    void shouldRefuseAFieldAsTheIdOfRecordsThatHaveNone() {
        assertRefused(
                "a field requires lstm.input.format=json",
                "lstm.sequence.id",
                "field:/user",
                "lstm.input.format",
                "int32");
        assertThat(config("lstm.sequence.id", "field:/user").sequences().id())
                .isEqualTo(new RecordPart(From.FIELD, "/user"));
    }

    @Test
    void shouldRefuseAConfigurationWithoutAnyOutput() {
        assertRefused("Neither lstm.output.topic nor lstm.verdict.topic is set", "lstm.output.topic", "");
        assertThat(config("lstm.output.topic", "", "lstm.verdict.topic", "v")
                        .output()
                        .topic())
                .isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "lstm.input.topic, lstm.output.topic, results",
        "lstm.output.topic, lstm.verdict.topic, results",
        "lstm.input.topic, lstm.verdict.topic, events",
        "lstm.output.topic, lstm.shadow.output.topic, results",
        "lstm.input.topic, lstm.shadow.verdict.topic, events",
        "lstm.output.topic, lstm.model.topic, results",
        "lstm.input.topic, errors.dead.letter.queue.topic.name, events",
        "lstm.output.topic, errors.dead.letter.queue.topic.name, results"
    })
    void shouldRefuseOneTopicInTwoRoles(String key, String other, String topic) {
        assertRefused(
                key + " and " + other + " must name different topics, but both are " + topic,
                "lstm.shadow.model",
                "shadow.safetensors",
                "lstm.shadow.output.topic",
                "shadows",
                key,
                topic,
                other,
                topic);
    }

    @Test
    void shouldRefuseTheDefaultDeadLetterTopicInAnotherRole() {
        assertRefused(
                "lstm.verdict.topic and errors.dead.letter.queue.topic.name must name different topics",
                "application.id",
                "app",
                "lstm.verdict.topic",
                "app-dead-letters");
        assertThat(config("application.id", "app").deadLetterTopic()).isEqualTo("app-dead-letters");
        assertThat(config("application.id", "app", "errors.dead.letter.queue.topic.name", "")
                        .deadLetterTopic())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"app-recurrent-state-changelog", "app-sequences-repartition"})
    void shouldRefuseAnInternalTopicOfKafkaStreams(String topic) {
        assertRefused(
                "lstm.output.topic must not name an internal topic of Kafka Streams",
                "application.id",
                "app",
                "lstm.output.topic",
                topic);
        assertThat(config("application.id", "other", "lstm.output.topic", topic)
                        .output()
                        .topic())
                .isEqualTo(topic);
    }

    @Test
    void shouldUseTheWholeValueAsTheEventWithAnEmptyPointer() {
        assertThat(config("lstm.input.event", "").input().event()).isEmpty();
    }

    @Test
    void shouldAcceptAllIncludesAndKernels() {
        // The package declares names and cannot ask for them; here they are compared.
        for (String kernel : Kernels.names()) {
            assertThat(config("lstm.kernel", kernel).kernel()).isEqualTo(kernel);
        }
        for (String precision : Kernels.precisions()) {
            assertThat(config("lstm.kernel.weights", precision).kernelWeights()).isEqualTo(precision);
        }
        String all = String.join(
                ",", Arrays.stream(Include.values()).map(Include::configName).toList());
        assertThat(Include.parse(config("lstm.output.include", all).output().include()))
                .hasSize(Include.values().length);
    }

    @Test
    void shouldFetchReferencedValuesForOurKeysAndKafkas(@TempDir Path directory) throws IOException {
        Path secrets =
                Files.writeString(directory.resolve("secrets.properties"), "user=me\npassword=se${file:x:y}cret\n");
        Files.writeString(directory.resolve("topic"), "fetched");

        LstmStreamsConfig config = config(
                "config.providers",
                "file, directory",
                "config.providers.file.class",
                FileConfigProvider.class.getName(),
                "config.providers.directory.class",
                DirectoryConfigProvider.class.getName(),
                "lstm.input.topic",
                "${directory:" + directory + ":topic}",
                "sasl.jaas.config",
                "a ${file:" + secrets + ":user} b ${file:" + secrets + ":password} c",
                "ssl.key.password",
                "${env:PASSWORD}");

        assertThat(config.input().topic()).isEqualTo("fetched");
        assertThat(config.kafka())
                .containsEntry("sasl.jaas.config", "a me b se${file:x:y}cret c")
                .containsEntry("ssl.key.password", "${env:PASSWORD}") // of no provider that is named
                .allSatisfy((key, value) -> assertThat(key).doesNotStartWith("config.providers"));
    }

    @Test
    void shouldRefuseAReferenceToAMissingValue(@TempDir Path directory) throws IOException {
        Path secrets = Files.writeString(directory.resolve("secrets.properties"), "user=me\n");
        String[] provider = {
            "config.providers", "file", "config.providers.file.class", FileConfigProvider.class.getName()
        };

        assertRefused(
                "sasl.jaas.config refers to a value that config provider file does not have",
                with(provider, "sasl.jaas.config", "${file:" + secrets + ":user} ${file:" + secrets + ":no-such}"));
        assertRefused(
                "Could not read properties", with(provider, "ssl.key.password", "${file:" + directory + "/no:x}"));
        assertRefused(
                "no.such.Provider", "config.providers", "file", "config.providers.file.class", "no.such.Provider");
    }

    private static String[] with(String[] provider, String key, String value) {
        String[] all = Arrays.copyOf(provider, provider.length + 2);
        all[provider.length] = key;
        all[provider.length + 1] = value;
        return all;
    }

    @Test
    void shouldUseNoProviderThatTheSystemPropertyDoesNotAllow(@TempDir Path directory) throws IOException {
        Path secrets = Files.writeString(directory.resolve("secrets.properties"), "user=me\n");
        System.setProperty(AbstractConfig.AUTOMATIC_CONFIG_PROVIDERS_PROPERTY, "none");
        try {
            assertRefused(
                    AbstractConfig.AUTOMATIC_CONFIG_PROVIDERS_PROPERTY,
                    "config.providers",
                    "file",
                    "config.providers.file.class",
                    FileConfigProvider.class.getName(),
                    "ssl.key.password",
                    "${file:" + secrets + ":user}");
        } finally {
            System.clearProperty(AbstractConfig.AUTOMATIC_CONFIG_PROVIDERS_PROPERTY);
        }
    }
}
