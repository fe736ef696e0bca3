package io.lstmstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.utils.AppInfoParser;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The software bill of materials of the distribution. */
class SbomIT {
    private static final Path DISTRIBUTION = Path.of(System.getProperty("test.distribution", "target/lstm-streams"));

    @BeforeAll
    static void isThere() {
        assumeTrue(
                Files.exists(DISTRIBUTION.resolve("sbom.json")), "Maven is offline (-o), and then makes no sbom.json");
    }

    private static JsonNode sbom() throws IOException {
        return new ObjectMapper().readTree(DISTRIBUTION.resolve("sbom.json").toFile());
    }

    @Test
    void shouldListEveryJarOfTheDistributionAndNothingElse() throws IOException {
        List<String> listed = new ArrayList<>();
        listed.add(jar(sbom().at("/metadata/component")));
        sbom().at("/components").forEach(component -> listed.add(jar(component)));

        try (Stream<Path> jars = Files.list(DISTRIBUTION.resolve("lib"))) {
            assertThat(jars.map(jar -> jar.getFileName().toString())).containsExactlyInAnyOrderElementsOf(listed);
        }
    }

    private static String jar(JsonNode component) {
        return component.at("/name").asText() + "-" + component.at("/version").asText() + ".jar";
    }

    @Test
    void shouldStateOriginAndHashOfEachPart() throws IOException {
        assertThat(sbom().at("/bomFormat").asText()).isEqualTo("CycloneDX");
        assertThat(sbom().at("/components"))
                .anyMatch(component -> component
                        .at("/purl")
                        .asText()
                        .startsWith("pkg:maven/org.apache.kafka/kafka-streams@" + AppInfoParser.getVersion()))
                .allSatisfy(component -> assertThat(component.at("/hashes")).isNotEmpty())
                .allSatisfy(component -> assertThat(component.at("/licenses")).isNotEmpty());
    }
}
