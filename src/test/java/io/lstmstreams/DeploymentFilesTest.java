package io.lstmstreams;

import static java.util.function.Predicate.not;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.luben.zstd.util.ZstdVersion;
import io.lstmstreams.config.LstmStreamsConfig;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files in docker/: their metrics, keys and paths must exist. */
class DeploymentFilesTest {
    private static final Path DOCKER = Path.of("docker");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern STRING = Pattern.compile("\"[^\"]*\"");
    private static final Pattern METRIC = Pattern.compile("\\b(?:lstm|kafka|jvm|process)_[a-z0-9_]+");

    /**
     * A row of the page on metrics, with a metric's name and type; {@code MetricsIT} compares that page with /metrics.
     */
    private static final Pattern ROW = Pattern.compile("^\\| `(lstm_[a-z_]+)` \\| (\\w+)", Pattern.MULTILINE);

    /** The types of the metrics by name. A histogram also has the names with _bucket, _sum and _count. */
    private static final Map<String, String> METRICS = ROW.matcher(read(Path.of("src/docs/metrics.md")))
            .results()
            .collect(Collectors.toMap(row -> row.group(1), row -> row.group(2)));

    private static boolean exists(String metric) {
        String histogram = metric.replaceFirst("_(bucket|sum|count)$", "");
        return "histogram".equals(METRICS.get(histogram)) ? !histogram.equals(metric) : METRICS.containsKey(metric);
    }

    /** Returns the metrics that a query names; label values are not names. */
    private static Set<String> metrics(String query) {
        Set<String> names = new TreeSet<>();
        Matcher matcher = METRIC.matcher(STRING.matcher(query).replaceAll(""));
        while (matcher.find()) {
            names.add(matcher.group());
        }
        return names;
    }

    private static JsonNode tree(Path file) {
        return Yaml.documents(file).get(0);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Path> files(String folder, String ending) throws IOException {
        try (Stream<Path> all = Files.walk(DOCKER.resolve(folder))) {
            List<Path> found = all.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .toList();
            assertThat(found).as("files *%s in docker/%s", ending, folder).isNotEmpty();
            return found;
        }
    }

    private static Stream<JsonNode> each(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    @TestFactory
    Stream<DynamicTest> shouldShowInEachPanelMetricsThatExist() throws IOException {
        return panels().map(panel -> DynamicTest.dynamicTest(
                panel.at("/title").asText(),
                () -> assertThat(queries(panel))
                        .isNotEmpty()
                        .allSatisfy(query ->
                                assertThat(metrics(query)).isNotEmpty().allMatch(DeploymentFilesTest::exists))));
    }

    private static Stream<JsonNode> panels() throws IOException {
        return files("grafana", ".json").stream().flatMap(file -> each(read(file, "/panels")));
    }

    private static Stream<String> queries(JsonNode panel) {
        return each(panel.at("/targets")).map(target -> target.at("/expr").asText());
    }

    private static JsonNode read(Path file, String pointer) {
        try {
            return JSON.readTree(file.toFile()).at(pointer);
        } catch (IOException e) {
            throw new IllegalStateException(file + " is not JSON", e);
        }
    }

    @TestFactory
    Stream<DynamicTest> shouldAlertOnMetricsThatExist() {
        return each(tree(DOCKER.resolve("prometheus/alerts.yml")).at("/groups"))
                .flatMap(group -> each(group.at("/rules")))
                .map(rule -> DynamicTest.dynamicTest(rule.at("/alert").asText(), () -> {
                    String query = rule.at("/expr").asText();
                    assertThat(metrics(query)).allMatch(DeploymentFilesTest::exists);
                    assertThat(query)
                            .matches(
                                    expr -> expr.startsWith("up{")
                                            || !metrics(expr).isEmpty(),
                                    "a metric");
                    assertThat(rule.at("/annotations/summary").asText()).isNotBlank();
                }));
    }

    @Test
    void shouldHaveEachMetricOnTheDashboard() throws IOException {
        Set<String> shown = new TreeSet<>();
        panels().flatMap(DeploymentFilesTest::queries).forEach(query -> shown.addAll(metrics(query)));

        assertThat(METRICS.keySet())
                .isNotEmpty()
                .allMatch(metric -> shown.stream().anyMatch(name -> name.startsWith(metric)));
    }

    @Test
    void shouldMountOnlyFilesOfTheRepositoryIntoTheContainers() {
        JsonNode services = tree(DOCKER.resolve("compose.yaml")).at("/services");

        assertThat(each(services)
                        .flatMap(service -> each(service.at("/volumes")))
                        .map(JsonNode::asText)
                        .filter(volume -> volume.startsWith("."))
                        .map(volume -> DOCKER.resolve(volume.substring(0, volume.indexOf(':')))))
                .isNotEmpty()
                .allMatch(Files::exists);
    }

    /** A tag can be moved to another image; a digest cannot. */
    @Test
    void shouldNameEachImageByItsDigest() {
        Pattern pinned = Pattern.compile("[a-z/-]+:[a-z0-9.-]+@sha256:[0-9a-f]{64}");
        Map<String, String> built = Pattern.compile("(?m)^ARG ([A-Z]+_IMAGE)=(.*)$")
                .matcher(read(DOCKER.resolve("Dockerfile")))
                .results()
                .collect(Collectors.toMap(argument -> argument.group(1), argument -> argument.group(2)));
        List<String> images = each(tree(DOCKER.resolve("compose.yaml")).at("/services"))
                .map(service -> service.at("/image").asText())
                .filter(image -> !image.startsWith("lstm-streams"))
                .toList();

        assertThat(built).containsOnlyKeys("MAVEN_IMAGE", "JRE_IMAGE", "KAFKA_IMAGE");
        assertThat(built.values()).allMatch(pinned.asMatchPredicate());
        assertThat(read(DOCKER.resolve("Dockerfile")).lines().filter(line -> line.startsWith("FROM ")))
                .hasSize(3)
                .allMatch(line -> line.matches("FROM (--platform=\\$BUILDPLATFORM )?\\$[A-Z]+_IMAGE( AS [a-z]+)?"));
        assertThat(images)
                .contains("${KAFKA_IMAGE:-" + built.get("KAFKA_IMAGE") + "}")
                .hasSizeGreaterThanOrEqualTo(4)
                .allMatch(image -> image.matches("\\$\\{[A-Z]+_IMAGE:-" + pinned + "}"));
    }

    @Test
    void shouldConfigureTheContainersWithKeysThatExist() throws IOException {
        assertAllKeysAreKnown(read(DOCKER.resolve("app.properties")));
    }

    @Test
    void shouldConfigureThePodsWithKeysThatExist() throws IOException {
        JsonNode map = tree(DOCKER.resolve("kubernetes/configuration.yaml"));

        assertThat(map.at("/kind").asText()).isEqualTo("ConfigMap");
        assertAllKeysAreKnown(map.at("/data/app.properties").asText());
    }

    private static void assertAllKeysAreKnown(String file) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(file));
        Map<String, String> map = new HashMap<>();
        properties.stringPropertyNames().forEach(key -> map.put(key, properties.getProperty(key)));

        assertThat(LstmStreamsConfig.of(map, Map.of()).input().topic()).isEqualTo("events"); // and does not throw
    }

    @Test
    void shouldNameAndLabelAllThatIsGivenToKubernetes() throws IOException {
        assertThat(files("kubernetes", ".yaml").stream().flatMap(file -> Yaml.documents(file).stream()))
                .allSatisfy(object -> {
                    assertThat(object.at("/apiVersion").asText()).isNotBlank();
                    boolean strimzi =
                            !object.at("/metadata/labels/strimzi.io~1cluster").isMissingNode();
                    assertThat(object.at("/metadata/name").asText())
                            .matches(name -> strimzi || name.startsWith("lstm-streams"));
                    assertThat(object.at("/metadata/labels/app.kubernetes.io~1name")
                                    .asText())
                            .isEqualTo("lstm-streams");
                })
                .map(object -> object.at("/kind").asText())
                .contains("StatefulSet", "Service", "ConfigMap", "Secret", "PodDisruptionBudget", "ScaledObject");
    }

    @Test
    void shouldDeclareTheVolumesThatPodsMount() {
        JsonNode set =
                Yaml.documents(DOCKER.resolve("kubernetes/statefulset.yaml")).get(1);

        List<String> volumes = Stream.concat(
                        each(set.at("/spec/template/spec/volumes")).map(volume -> volume.at("/name")),
                        each(set.at("/spec/volumeClaimTemplates")).map(claim -> claim.at("/metadata/name")))
                .map(JsonNode::asText)
                .filter(not(String::isBlank))
                .toList();
        assertThat(each(set.at("/spec/template/spec/containers/0/volumeMounts")))
                .map(mount -> mount.at("/name").asText())
                .containsExactlyInAnyOrderElementsOf(volumes);
    }

    /** The StatefulSet mounts the Secrets of Strimzi where the connection of strimzi.yaml expects them. */
    @Test
    void shouldMountTheSecretsOfStrimziWhereTheConnectionExpectsThem() {
        JsonNode pod = Yaml.documents(DOCKER.resolve("kubernetes/statefulset.yaml"))
                .get(1)
                .at("/spec/template/spec");
        Map<String, List<JsonNode>> kinds = Yaml.documents(DOCKER.resolve("kubernetes/strimzi.yaml")).stream()
                .collect(Collectors.groupingBy(manifest -> manifest.at("/kind").asText()));
        JsonNode user = kinds.get("KafkaUser").get(0);
        JsonNode connection = kinds.get("ConfigMap").get(0);
        String cluster = user.at("/metadata/labels/strimzi.io~1cluster").asText();
        Map<String, String> folders = new HashMap<>();
        each(pod.at("/volumes"))
                .forEach(volume -> each(pod.at("/containers/0/volumeMounts"))
                        .filter(mount -> mount.at("/name").equals(volume.at("/name")))
                        .forEach(mount -> folders.put(
                                volume.at("/secret/secretName").asText(),
                                mount.at("/mountPath").asText())));
        String key = folders.get(user.at("/metadata/name").asText());

        assertThat(connection.at("/data/LSTM_STREAMS_SSL_KEYSTORE_LOCATION").asText())
                .isEqualTo(key + "/user.p12");
        assertThat(connection.at("/data/LSTM_STREAMS_SSL_KEYSTORE_PASSWORD").asText())
                .isEqualTo("${directory:" + key + ":user.password}");
        assertThat(connection.at("/data/LSTM_STREAMS_SSL_TRUSTSTORE_LOCATION").asText())
                .isEqualTo(folders.get(cluster + "-cluster-ca-cert") + "/ca.crt");
        assertThat(pod.at("/containers/0/envFrom"))
                .anyMatch(source -> source.at("/configMapRef/name").equals(connection.at("/metadata/name")));
        assertThat(kinds.get("KafkaTopic"))
                .hasSize(3)
                .allMatch(topic -> topic.at("/metadata/labels/strimzi.io~1cluster")
                        .asText()
                        .equals(cluster));
    }

    /** The libraries with native code have it for both processors that the image is built for. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/librocksdbjni-linux64.so",
                "/librocksdbjni-linux-aarch64.so",
                "/linux/amd64/libzstd-jni-" + ZstdVersion.VERSION + ".so",
                "/linux/aarch64/libzstd-jni-" + ZstdVersion.VERSION + ".so",
                "/net/jpountz/util/linux/amd64/liblz4-java.so",
                "/net/jpountz/util/linux/aarch64/liblz4-java.so",
                "/org/xerial/snappy/native/Linux/x86_64/libsnappyjava.so",
                "/org/xerial/snappy/native/Linux/aarch64/libsnappyjava.so"
            })
    void shouldHaveNativeLibrariesForBothProcessors(String library) {
        assertThat(getClass().getResource(library)).isNotNull();
    }
}
