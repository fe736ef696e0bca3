package io.lstmstreams.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lstmstreams.demo.Demo;
import io.lstmstreams.modelfile.ModelEvents;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OneHotConfigTest {
    private static final Path README = Path.of("connect-config", "README.md");
    private static final String BEGIN = "<!-- options -->\n";
    private static final String END = "<!-- /options -->\n";

    @TempDir
    private Path folder;

    private String spec(String input) throws IOException {
        return Files.writeString(folder.resolve("model.json"), "{\"input\":" + input + "}")
                .toString();
    }

    private static void assertThatIsRefused(String message, String... options) {
        Map<String, String> properties = new HashMap<>();
        for (int i = 0; i < options.length; i += 2) {
            properties.put(options[i], options[i + 1]);
        }
        assertThatThrownBy(() -> new OneHot<SourceRecord>().configure(properties))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }

    @Test
    void shouldReadTheEventsOfAModelFile() throws IOException {
        Path file = folder.resolve("hdfs.safetensors");
        try (InputStream in = Demo.class.getResourceAsStream("hdfs.safetensors")) {
            Files.copy(in, file);
        }

        ModelEvents model = new OneHotConfig(Map.of("model", file.toString())).model();

        assertThat(model.vocabulary().hasEnd()).isTrue();
        assertThat(model.vocabulary().symbol(4)).isEqualTo("E5");
    }

    @Test
    void shouldReportAMissingModelFileInOneLine() {
        assertThatIsRefused(
                "does not exist", "model", folder.resolve("absent.safetensors").toString());
        assertThatIsRefused(
                "absent.json", "model", folder.resolve("absent.json").toString());
    }

    @Test
    void shouldReportInOneLineThatAModelIsRequired() {
        assertThatIsRefused("\"model\"");
    }

    @Test
    void shouldRefuseOptionsThatTheModelDoesNotSupport() throws IOException {
        String numbered = spec("{\"encoding\":\"one-hot\",\"size\":4}");

        assertThatIsRefused("use index", "model", numbered, "form", "symbol");
        assertThatIsRefused("no symbol for unknown", "model", numbered, "unknown.event", "unknown-symbol");
    }

    @Test
    void shouldRefuseAModelOfSeveralFields() throws IOException {
        assertThatIsRefused("several fields", "model", spec("{\"encoding\":\"fields\"}"));
    }

    @Test
    void shouldRefuseAnInvalidPattern() throws IOException {
        String model = spec("{\"encoding\":\"one-hot\",\"size\":4}");

        assertThatIsRefused("invalid regular expression", "model", model, "line.pattern", "(");
        assertThatIsRefused("the group (?<event>...) is missing", "model", model, "line.pattern", "(?<sequence>.*)");
    }

    @Test
    void shouldLeaveOutConnectsReservedNames() {
        assertThat(OneHotConfig.DEFINITION.names()).doesNotContain("type", "predicate", "negate");
    }

    @Test
    void shouldHaveTheDocumentedTable() throws IOException {
        String page = Files.readString(README);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        int end = page.indexOf(END);
        if (Boolean.getBoolean("update.docs")) {
            page = page.substring(0, begin) + table() + page.substring(end);
            Files.writeString(README, page);
            end = page.indexOf(END);
        }

        assertThat(page.substring(begin, end))
                .as("written anew by mvn test -Dtest=OneHotConfigTest -Dupdate.docs=true")
                .isEqualTo(table());
    }

    private static String table() {
        List<String> lines = new ArrayList<>(List.of("| option | default | description |", "|---|---|---|"));
        for (ConfigKey key : OneHotConfig.DEFINITION.configKeys().values()) {
            String value = key.hasDefault() ? String.valueOf(key.defaultValue) : "required";
            lines.add("| `" + key.name + "` | "
                    + (value.isEmpty() || value.equals("null") || !key.hasDefault()
                            ? value.replace("null", "")
                            : "`" + value + "`")
                    + " | " + key.documentation + " |");
        }
        return lines.stream().map(line -> line + "\n").collect(Collectors.joining());
    }
}
