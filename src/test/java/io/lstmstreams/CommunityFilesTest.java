package io.lstmstreams;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The files in .github/: the workflow, the forms of issues, and Dependabot's configuration. */
class CommunityFilesTest {
    private static final Path GITHUB = Path.of(".github");
    private static final Pattern COMMIT = Pattern.compile("[a-z0-9-]+/[a-z0-9-]+@[0-9a-f]{40}");
    private static final Pattern OWN_SCRIPT = Pattern.compile("(?m)^\\s*((?:\\.ci|docker)/[a-z-]+)\\b");

    /** The elements that GitHub's issue forms have, and the attributes that each requires. */
    private static final Map<String, List<String>> ELEMENTS =
            Map.of("markdown", List.of("value"), "textarea", List.of("label"), "input", List.of("label"));

    static List<Path> yamlFiles() throws IOException {
        try (Stream<Path> files = Files.walk(GITHUB)) {
            List<Path> found = files.filter(file -> file.toString().endsWith(".yml"))
                    .sorted()
                    .toList();
            assertThat(found).hasSizeGreaterThanOrEqualTo(5);
            return found;
        }
    }

    private static JsonNode yaml(Path file) {
        List<JsonNode> documents = Yaml.documents(file);
        assertThat(documents).as("documents of %s", file).hasSize(1);
        assertThat(documents.get(0).isObject()).as("%s is a mapping", file).isTrue();
        return documents.get(0);
    }

    private static Stream<JsonNode> each(JsonNode node) {
        return StreamSupport.stream(node.spliterator(), false);
    }

    private static List<JsonNode> steps() {
        List<JsonNode> steps = each(yaml(GITHUB.resolve("workflows/ci.yml")).at("/jobs"))
                .flatMap(job -> each(job.at("/steps")))
                .toList();
        assertThat(steps).isNotEmpty();
        return steps;
    }

    @ParameterizedTest
    @MethodSource("yamlFiles")
    void shouldParse(Path file) {
        assertThat(yaml(file)).isNotEmpty();
    }

    @Test
    void shouldRunTheCheckOfEveryChangeOnBothJdks() {
        JsonNode verify = yaml(GITHUB.resolve("workflows/ci.yml")).at("/jobs/verify");

        assertThat(verify.at("/strategy/matrix/java")).map(JsonNode::asInt).containsExactly(17, 25);
        assertThat(verify.at("/steps"))
                .anySatisfy(step ->
                        assertThat(step.at("/with/java-version").asText()).isEqualTo("${{ matrix.java }}"));
        assertThat(verify.at("/steps"))
                .anySatisfy(step -> assertThat(step.at("/run").asText()).isEqualTo(".ci/run"));
    }

    @Test
    void shouldRunOnlyScriptsThatExist() {
        Set<String> scripts = new HashSet<>();
        steps().forEach(step ->
                OWN_SCRIPT.matcher(step.at("/run").asText()).results().forEach(script -> scripts.add(script.group(1))));

        assertThat(scripts)
                .contains(".ci/run", "docker/pin")
                .allSatisfy(script -> assertThat(Path.of(script)).isExecutable());
    }

    /** A tag of an action can be moved; a commit cannot. */
    @Test
    void shouldPinEachActionToACommit() {
        assertThat(steps().stream().map(step -> step.at("/uses").asText()).filter(uses -> !uses.isEmpty()))
                .isNotEmpty()
                .allMatch(uses -> COMMIT.matcher(uses).matches());
    }

    /** The token of the workflow can read the repository and nothing else. */
    @Test
    void shouldHaveNoRightToWrite() {
        assertThat(yaml(GITHUB.resolve("workflows/ci.yml")).at("/permissions")).hasToString("{\"contents\":\"read\"}");
        assertThat(steps())
                .filteredOn(step -> step.at("/uses").asText().startsWith("actions/checkout@"))
                .isNotEmpty()
                .allMatch(step -> !step.at("/with/persist-credentials").asBoolean(true));
    }

    @ParameterizedTest
    @MethodSource("yamlFiles")
    void shouldFollowTheSyntaxOfIssueForms(Path file) {
        JsonNode form = yaml(file);
        if (!file.getParent().endsWith("ISSUE_TEMPLATE") || file.endsWith("config.yml")) {
            assertThat(form.has("body")).isFalse();
            return;
        }
        assertThat(form.at("/name").asText()).isNotBlank();
        assertThat(form.at("/description").asText()).isNotBlank();
        Set<String> ids = new HashSet<>();
        assertThat(form.at("/body")).isNotEmpty().allSatisfy(element -> {
            String type = element.at("/type").asText();
            assertThat(ELEMENTS).containsKey(type);
            assertThat(ELEMENTS.get(type))
                    .allSatisfy(attribute -> assertThat(
                                    element.at("/attributes/" + attribute).asText())
                            .isNotBlank());
            assertThat(element.fieldNames()).toIterable().isSubsetOf("type", "id", "attributes", "validations");
            assertThat("markdown".equals(type) || ids.add(element.at("/id").asText()))
                    .as("the id of each field is its own: %s", element)
                    .isTrue();
        });
    }
}
