package io.lstmstreams.topology;

import static io.lstmstreams.topology.DrivenTopology.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lstmstreams.event.Event;
import io.lstmstreams.input.Model;
import io.lstmstreams.output.Include;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OutputTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Model model = TinyModels.events();

    @ParameterizedTest
    @EnumSource(Include.class)
    void shouldIncludeTheRequestedParts(Include include) {
        // Given
        Reference reference = new Reference(model, 3, EnumSet.of(include));
        try (DrivenTopology topology = new DrivenTopology(model, Map.of("lstm.output.include", include.configName()))) {
            // When
            long first = topology.send("a", event("open"));
            long second = topology.send("a", event("read"));

            // Then
            List<String> results = topology.results();
            assertThat(results)
                    .containsExactly(reference.step("a", first, "open"), reference.step("a", second, "read"));
            assertThat(results).allMatch(result -> result.contains("\"" + include.configName() + "\":"));
        }
    }

    @Test
    void shouldShowStateAndGatesLayerByLayer() throws IOException {
        try (DrivenTopology topology = new DrivenTopology(
                model, Map.of("lstm.output.include", "state, gates, logits, probabilities, output"))) {
            // When
            topology.send("a", event("open"));

            // Then
            JsonNode result = JSON.readTree(topology.results().get(0));
            assertThat(result.at("/state")).hasSize(2);
            assertThat(result.at("/state/0/h")).hasSize(3);
            assertThat(result.at("/state/1/c")).hasSize(4);
            assertThat(result.at("/gates/1/o")).hasSize(4);
            assertThat(result.at("/logits")).hasSize(6);
            assertThat(result.at("/probabilities")).hasSize(6);
            assertThat(result.at("/output/next")).isEqualTo(result.at("/probabilities"));

            // And h = o * tanh(c), c = i * g after the first step
            double o = result.at("/gates/0/o/0").doubleValue();
            double c = result.at("/state/0/c/0").doubleValue();
            assertThat(result.at("/state/0/h/0").doubleValue()).isCloseTo(o * Math.tanh(c), within(1e-6));
            assertThat(c)
                    .isCloseTo(
                            result.at("/gates/0/i/0").doubleValue()
                                    * result.at("/gates/0/g/0").doubleValue(),
                            within(1e-6));
        }
    }

    @Test
    void shouldNameNoNextEventsIfNoneAreRequested() {
        // Given
        Reference reference = new Reference(model, 0, EnumSet.noneOf(Include.class));
        try (DrivenTopology topology = new DrivenTopology(model, Map.of("lstm.output.top.k", "0"))) {
            // When
            long first = topology.send("a", event("open"));
            long second = topology.send("a", event("read"));

            // Then
            List<String> results = topology.results();
            assertThat(results)
                    .containsExactly(reference.step("a", first, "open"), reference.step("a", second, "read"));
            assertThat(results).noneMatch(result -> result.contains("\"next\""));
            assertThat(results.get(1)).contains("\"score\"");
        }
    }

    @Test
    void shouldNameAllEventsIfMoreAreRequested() throws IOException {
        try (DrivenTopology topology = new DrivenTopology(model, Map.of("lstm.output.top.k", "100"))) {
            topology.send("a", event("open"));

            assertThat(JSON.readTree(topology.results().get(0)).at("/next")).hasSize(6);
        }
    }

    @Test
    void shouldWriteBareNumbersAndVerdictsAsJson() throws IOException {
        try (DrivenTopology floats = new DrivenTopology(model, Map.of("lstm.output.format", "float32"));
                DrivenTopology json = new DrivenTopology(model, Map.of("lstm.output.include", "probabilities"))) {
            // When
            for (DrivenTopology topology : List.of(floats, json)) {
                topology.send("a", event("open"));
                topology.send("a", null);
            }

            // Then
            ByteBuffer bytes =
                    ByteBuffer.wrap(floats.readRecords("results").get(0).value());
            JsonNode expected = JSON.readTree(json.results().get(0)).get("probabilities");
            assertThat(bytes.remaining()).isEqualTo(6 * Float.BYTES);
            for (JsonNode number : expected) {
                assertThat((double) bytes.getFloat()).isCloseTo(number.doubleValue(), within(1e-7));
            }
            assertThat(floats.verdicts()).hasSize(1).isEqualTo(json.verdicts());
        }
    }

    @Test
    void shouldWriteTheHeadOfADenseModelAsNumbers() throws IOException {
        // Given
        Model dense = TinyModels.dense();
        Reference reference = new Reference(dense, 3, EnumSet.of(Include.OUTPUT));
        try (DrivenTopology topology = new DrivenTopology(dense, Map.of("lstm.output.format", "float32"))) {
            // When
            long time = topology.send("a", "{\"event\":[1,2,3]}");

            // Then
            JsonNode expected = JSON.readTree(reference.step("a", time, new Event.Vector(new float[] {1, 2, 3})))
                    .at("/output/next");
            ByteBuffer bytes =
                    ByteBuffer.wrap(topology.readRecords("results").get(0).value());
            assertThat(bytes.remaining()).isEqualTo(8);
            assertThat(bytes.getFloat()).isEqualTo(expected.get(0).floatValue());
            assertThat(bytes.getFloat()).isEqualTo(expected.get(1).floatValue());
        }
    }

    @Test
    void shouldWriteVerdictsOnlyWithoutATopicOfResults() {
        try (DrivenTopology topology = new DrivenTopology(model, Map.of("lstm.output.topic", ""))) {
            topology.send("a", event("open"));
            topology.send("a", null);

            assertThat(topology.producedTopics()).containsExactlyInAnyOrder("verdicts", DrivenTopology.CHANGELOG);
        }
    }

    @Test
    void shouldWriteResultsOnlyWithoutATopicOfVerdicts() {
        try (DrivenTopology topology = new DrivenTopology(model, Map.of("lstm.verdict.topic", ""))) {
            topology.send("a", event("open"));
            topology.send("a", null);

            assertThat(topology.producedTopics()).containsExactlyInAnyOrder("results", DrivenTopology.CHANGELOG);
            assertThat(topology.stored("a")).isNull();
            assertThat(topology.metrics().ended().sum()).isEqualTo(1);
        }
    }

    @Test
    void shouldRefuseToStartIfTheModelLacksARequestedPart() {
        assertThatThrownBy(() -> new DrivenTopology(TinyModels.dense(), Map.of("lstm.output.include", "probabilities")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("probabilities")
                .hasMessageNotContaining("\n");
    }
}
