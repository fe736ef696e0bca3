package io.lstmstreams.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The configurations in connect-config: their transforms, topics and files must exist. No other test runs those that
 * need a database.
 */
class ConnectorFilesTest {
    private static final Path FOLDER = Path.of("connect-config");

    static Stream<Path> connectors() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".json")).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("connectors")
    void shouldNameExistingFilesTopicsAndOptions(Path file) throws IOException {
        JsonNode all = new ObjectMapper().readTree(file.toFile());
        JsonNode config = all.at("/config");

        assertThat(file.getFileName()).hasToString(all.at("/name").asText() + ".json");
        assertThat(Files.readString(FOLDER.resolve("README.md")))
                .contains(file.getFileName().toString());
        if (config.has("topics")) {
            assertThat(config.at("/topics").asText().split(",")).isSubsetOf("results", "verdicts", "dead-letters");
            assertThat(config.path("consumer.override.isolation.level").asText())
                    .isEqualTo("read_committed");
        } else {
            assertThat(config.toString()).contains("\"events\"");
        }
        for (String alias : config.at("/transforms").asText().split(",")) {
            String prefix = "transforms." + alias + ".";
            if (config.path(prefix + "type").asText().equals(OneHot.class.getName())) {
                assertThat(keys(config, prefix)).isSubsetOf(OneHotConfig.DEFINITION.names());
            } else if (config.path(prefix + "type").asText().equals(DeadLetter.class.getName())) {
                assertThat(keys(config, prefix)).isEmpty();
            } else {
                assertThat(config.path(prefix + "type").asText())
                        .matches(type -> alias.isEmpty()
                                || Stream.of("org.apache.kafka.connect.transforms.", "io.debezium.transforms.")
                                        .anyMatch(type::startsWith));
            }
        }
    }

    private static Set<String> keys(JsonNode config, String prefix) {
        Set<String> keys = new TreeSet<>();
        config.fieldNames().forEachRemaining(key -> {
            if (key.startsWith(prefix)) {
                keys.add(key.substring(prefix.length()));
            }
        });
        keys.removeAll(Arrays.asList("type", "predicate", "negate"));
        return keys;
    }
}
