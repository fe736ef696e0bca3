package io.lstmstreams.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The OpenAPI description, compared with the interface. */
class OpenApiTest {
    private static final Pattern NAME = Pattern.compile("\\{(\\w+)}");

    private final ApplicationServer server = ApplicationServer.start(ApplicationServerTest.config());

    @AfterEach
    void close() {
        server.close();
    }

    private JsonNode description() throws IOException, InterruptedException {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(server.address().resolve("/openapi.json"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        return new ObjectMapper().readTree(answer.body());
    }

    @Test
    void shouldDescribeEveryRequestAndNoOther() throws Exception {
        Set<String> described = new TreeSet<>();
        description()
                .path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .fieldNames()
                        .forEachRemaining(
                                method -> described.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));

        List<String> routes = Stream.concat(server.routes().stream(), server.healthRoutes().stream())
                .filter(route -> !route.path().startsWith("/dashboard/")) // routes of the page itself
                .map(route -> route.method() + " " + route.path())
                .toList();

        assertThat(described).containsExactlyInAnyOrderElementsOf(routes);
    }

    @Test
    void shouldDescribeTheNamesInPaths() throws Exception {
        JsonNode description = description();

        description
                .path("paths")
                .properties()
                .forEach(path -> path.getValue().forEach(method -> {
                    Set<String> named = new TreeSet<>();
                    method.path("parameters").forEach(parameter -> {
                        JsonNode resolved = resolve(description, parameter);
                        if (resolved.path("in").asText().equals("path")) {
                            named.add(resolved.path("name").asText());
                        }
                    });
                    Matcher names = NAME.matcher(path.getKey());
                    assertThat(named)
                            .as(path.getKey())
                            .containsExactlyElementsOf(
                                    names.results().map(name -> name.group(1)).toList());
                }));
    }

    @Test
    void shouldReferOnlyToExistingSchemas() throws Exception {
        JsonNode description = description();

        assertThat(description.path("openapi").asText()).startsWith("3.1.");
        assertThat(description.findValuesAsText("$ref"))
                .isNotEmpty()
                .allSatisfy(reference -> assertThat(
                                description.at(reference.substring(1)).isMissingNode())
                        .as(reference)
                        .isFalse());
    }

    private static JsonNode resolve(JsonNode description, JsonNode node) {
        return node.has("$ref") ? description.at(node.get("$ref").asText().substring(1)) : node;
    }
}
