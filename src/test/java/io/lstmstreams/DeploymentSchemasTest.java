package io.lstmstreams;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The manifests of docker/kubernetes and the dashboard of docker/grafana against the published schemas of Kubernetes, KEDA,
 * Strimzi and Grafana, which {@code schemas/make_schemas.py} has made strict: unknown properties, wrong types, values that an
 * enumeration does not have and missing properties are errors.
 */
class DeploymentSchemasTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path MANIFESTS = Path.of("docker/kubernetes");
    private static final Path DASHBOARD = Path.of("docker/grafana/dashboards/lstm-streams.json");
    private static final JsonNode KUBERNETES = resource("schemas/kubernetes.json");
    private static final JsonNode GRAFANA = resource("schemas/grafana.json");
    private static final int GRID_WIDTH = 24;

    private static JsonNode resource(String name) {
        try (InputStream in = DeploymentSchemasTest.class.getResourceAsStream(name)) {
            return JSON.readTree(in);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode json(Path file) throws IOException {
        return JSON.readTree(Files.readString(file));
    }

    private static Stream<JsonNode> each(JsonNode node) {
        return StreamSupport.stream(node.spliterator(), false);
    }

    private static List<String> errors(JsonNode schema, JsonNode value) {
        JsonSchema validator = JsonSchemaFactory.getInstance(VersionFlag.V7).getSchema(schema);
        return validator.validate(value).stream()
                .map(ValidationMessage::getMessage)
                .toList();
    }

    /** Returns what Kubernetes' API server, and KEDA, would refuse. */
    private static List<String> errorsOfManifest(JsonNode manifest) {
        String kind =
                manifest.at("/apiVersion").asText() + " " + manifest.at("/kind").asText();
        JsonNode published = KUBERNETES.at("/kinds").get(kind);
        if (published == null) {
            return List.of("no schema has " + kind);
        }
        List<String> errors = new ArrayList<>(errors(withDefinitions(published), manifest));
        JsonNode trigger = withDefinitions(KUBERNETES.at("/definitions/keda.kafka.trigger"));
        each(manifest.at("/spec/triggers"))
                .filter(each -> each.at("/type").asText().equals("kafka"))
                .forEach(each -> errors.addAll(errors(trigger, each.at("/metadata"))));
        return errors;
    }

    private static JsonNode withDefinitions(JsonNode schema) {
        ObjectNode whole = JSON.createObjectNode();
        whole.set("definitions", KUBERNETES.at("/definitions"));
        whole.putArray("allOf").add(schema);
        return whole;
    }

    private static List<String> errorsOfDashboard(JsonNode dashboard) {
        List<String> errors = new ArrayList<>(errors(GRAFANA.at("/dashboard"), dashboard));
        for (JsonNode panel : dashboard.at("/panels")) {
            JsonNode schema = GRAFANA.at("/panels").get(panel.at("/type").asText());
            String title = panel.at("/title").asText();
            if (schema == null) {
                errors.add(title + ": no schema has a panel " + panel.at("/type"));
            } else {
                errors(schema, panel).forEach(error -> errors.add(title + ": " + error));
            }
        }
        return errors;
    }

    private static List<Path> manifests() throws IOException {
        try (Stream<Path> files = Files.list(MANIFESTS)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }

    @TestFactory
    Stream<DynamicTest> shouldFollowThePublishedSchemaOfEachKind() throws IOException {
        return manifests().stream()
                .flatMap(file -> Yaml.documents(file).stream()
                        .map(manifest -> DynamicTest.dynamicTest(
                                "%s %s %s"
                                        .formatted(
                                                file.getFileName(),
                                                manifest.at("/kind").asText(),
                                                manifest.at("/metadata/name").asText()),
                                () -> assertThat(errorsOfManifest(manifest)).isEmpty())));
    }

    /** Each line breaks the manifests in one place, which the schemas find. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "statefulset.yaml | readOnlyRootFilesystem: true | readOnlyRootFileSystem: true | readOnlyRootFileSystem",
                "statefulset.yaml | periodSeconds: 10 | periodSeconds: 10s | integer expected",
                "statefulset.yaml | {name: http, port: 8080} | {name: http, port: [8080]} | array found",
                "statefulset.yaml | {name: http, port: 8080} | {name: http} | 'port' not found",
                "statefulset.yaml | serviceName: lstm-streams | servicename: lstm-streams | servicename",
                "statefulset.yaml | requests: {storage: 20Gi} | requests: {storage: 20 GB} | regex",
                "statefulset.yaml | value: $(POD_NAME) | value: 7 | string expected",
                "statefulset.yaml | apiVersion: policy/v1 | apiVersion: policy/v1beta1 | no schema has policy/v1beta1",
                "networkpolicy.yaml | podSelector: | podselector: | podselector",
                "configuration.yaml | type: Opaque | types: Opaque | types",
                "scaling.yaml | maxReplicaCount: 8 | maxReplicaCount: eight | integer expected",
                "scaling.yaml | scaleTargetRef: | target: | 'scaleTargetRef' not found",
                "scaling.yaml | lagThreshold: | lagTreshold: | lagTreshold",
                "scaling.yaml | \"20000\" | 20000 | string expected",
                "strimzi.yaml | partitions: 8 | partition: 8 | partition",
                "strimzi.yaml | operations: [Read] | operations: [Reads] | enumeration",
                "strimzi.yaml | patternType: prefix} | pattern: prefix} | 'pattern'",
                "strimzi.yaml | kafka.strimzi.io/v1 | kafka.strimzi.io/v1beta1 | no schema has kafka.strimzi.io/v1beta1"
            })
    void shouldFindAMistakeInAManifest(String file, String right, String wrong, String says) throws IOException {
        String text = Files.readString(MANIFESTS.resolve(file));
        assertThat(text).contains(right);

        assertThat(Yaml.documents(text.replaceFirst(Pattern.quote(right), wrong.replace("$", "\\$"))))
                .flatMap(DeploymentSchemasTest::errorsOfManifest)
                .anySatisfy(error -> assertThat(error).contains(says));
    }

    @Test
    void shouldFollowGrafanasPublishedSchema() throws IOException {
        assertThat(errorsOfDashboard(json(DASHBOARD))).isEmpty();
    }

    /** Each line breaks the dashboard in one place, which the schema finds. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "\"type\": \"timeseries\" | \"type\": \"graph\" | no schema has a panel",
                "\"expr\" | \"expression\" | expression",
                "\"gridPos\" | \"gridpos\" | gridpos",
                "\"min\": 0 | \"min\": \"0\" | string found, number expected",
                "\"mode\": \"absolute\" | \"mode\": \"relative\" | enumeration",
                "\"calculate\": false | \"calculated\": false | calculated",
                "\"format\": \"heatmap\" | \"format\": \"histogram\" | enumeration",
                "\"panels\" | \"rows\" | rows",
                "\"refresh\": 2 | \"refresh\": \"2\" | enumeration"
            })
    void shouldFindAMistakeInTheDashboard(String right, String wrong, String says) throws IOException {
        String text = Files.readString(DASHBOARD);
        assertThat(text).contains(right);

        assertThat(errorsOfDashboard(JSON.readTree(text.replace(right, wrong))))
                .anySatisfy(error -> assertThat(error).contains(says));
    }

    /** Grafana moves a panel that covers another one. */
    @Test
    void shouldPlaceEachPanelInItsOwnPartOfTheGrid() throws IOException {
        Set<Integer> ids = new HashSet<>();
        Set<List<Integer>> cells = new HashSet<>();
        for (JsonNode panel : json(DASHBOARD).at("/panels")) {
            JsonNode grid = panel.at("/gridPos");
            String title = panel.at("/title").asText();
            assertThat(ids.add(panel.at("/id").asInt())).as("id of " + title).isTrue();
            assertThat(grid.at("/x").asInt() + grid.at("/w").asInt()).as(title).isLessThanOrEqualTo(GRID_WIDTH);
            for (int x = 0; x < grid.at("/w").asInt(); x++) {
                for (int y = 0; y < grid.at("/h").asInt(); y++) {
                    assertThat(cells.add(List.of(
                                    grid.at("/x").asInt() + x, grid.at("/y").asInt() + y)))
                            .as("%s covers another panel", title)
                            .isTrue();
                }
            }
        }
    }

    /** A Grafana with other data sources, or a Prometheus with other jobs, shows the dashboard too. */
    @Test
    void shouldLetTheReaderChooseDataSourceAndJob() throws IOException {
        JsonNode dashboard = json(DASHBOARD);

        assertThat(dashboard.at("/templating/list"))
                .map(variable -> variable.at("/name").asText())
                .containsExactly("datasource", "job");
        assertThat(dashboard.at("/panels")).allSatisfy(panel -> {
            assertThat(panel.at("/datasource/uid").asText()).isEqualTo("${datasource}");
            assertThat(panel.at("/targets"))
                    .isNotEmpty()
                    .allSatisfy(target -> assertThat(
                                    target.at("/expr").asText().replaceAll("lstm_[a-z_]+\\{job=~\"\\$job\"}", ""))
                            .doesNotContain("lstm_"));
        });
    }
}
