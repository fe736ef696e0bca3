package io.lstmstreams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.event.Event;
import io.lstmstreams.input.Model;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InputFormatTest {
    private final Model model = TinyModels.events();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"event\":\"read\"}",
                "{\"event\":1}",
                "{\"event\":[0,1,0,0,0,0]}",
                "{\"event\":[0.0,1.0,0,0,0,-0.0]}",
                "{\"event\":\"read\",\"end\":false}",
                "{\"event\":\"read\",\"end\":null,\"more\":{\"event\":\"write\"}}"
            })
    void shouldReadJsonAsSymbolIndexOrOneHotVector(String value) {
        assertThatSecondStepIsRead(Map.of(), value.getBytes(UTF_8));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/payload/kind|{\"payload\":{\"kind\":\"read\"}}",
                "/0|[\"read\",\"write\"]",
                "''|\"read\"",
                "''|1",
            })
    void shouldFindTheJsonEventAtItsPointer(String pointer, String value) {
        assertThatSecondStepIsRead(Map.of("lstm.input.event", pointer), value.getBytes(UTF_8));
    }

    @Test
    void shouldReadASymbolAsString() {
        assertThatSecondStepIsRead(Map.of("lstm.input.format", "string"), "read".getBytes(UTF_8));
    }

    @Test
    void shouldReadAnIndexAsInt32() {
        assertThatSecondStepIsRead(Map.of("lstm.input.format", "int32"), new byte[] {0, 0, 0, 1});
    }

    @Test
    void shouldReadAOneHotVectorAsFloat32() {
        assertThatSecondStepIsRead(Map.of("lstm.input.format", "float32"), floats(0, 1, 0, 0, 0, 0));
    }

    @Test
    void shouldReadDenseVectorsAsJsonAndFloat32() {
        // Given
        Model dense = TinyModels.dense();
        Reference reference = new Reference(dense);
        float[] vector = {0.25f, -1.5f, 3e-5f};

        try (DrivenTopology json = new DrivenTopology(dense, Map.of());
                DrivenTopology floats = new DrivenTopology(dense, Map.of("lstm.input.format", "float32"))) {
            // When
            long time = json.send("a", "{\"event\":[0.25,-1.5,3e-5]}");
            floats.send("a".getBytes(UTF_8), floats(vector), DrivenTopology.headers());

            // Then
            String expected = reference.step("a", time, new Event.Vector(vector));
            assertThat(expected).isEqualTo("{\"sequence\":\"a\",\"step\":1,\"time\":" + time + "}");
            assertThat(json.results()).containsExactly(expected);
            assertThat(floats.results()).containsExactly(expected);
            assertThat(floats.stored("a")).isEqualTo(json.stored("a"));
        }
    }

    @Test
    void shouldNameEventsByTheirIndexIfTheModelHasNoNames() {
        // Given
        Model indexes = TinyModels.indexes();
        Reference reference = new Reference(indexes);

        try (DrivenTopology topology = new DrivenTopology(indexes, Map.of())) {
            // When
            long first = topology.send("a", "{\"event\":4}");
            long second = topology.send("a", "{\"event\":0}");

            // Then
            List<String> results = topology.results();
            assertThat(results)
                    .containsExactly(
                            reference.step("a", first, new Event.Index(4)),
                            reference.step("a", second, new Event.Index(0)));
            assertThat(results.get(0)).contains("\"event\":4,");
        }
    }

    private void assertThatSecondStepIsRead(Map<String, String> config, byte[] value) {
        Reference reference = new Reference(model);
        try (DrivenTopology topology = new DrivenTopology(model, config)) {
            // When
            long first = topology.send("a".getBytes(UTF_8), value, DrivenTopology.headers());
            long second = topology.send("a".getBytes(UTF_8), value, DrivenTopology.headers());

            // Then
            assertThat(topology.results())
                    .containsExactly(reference.step("a", first, "read"), reference.step("a", second, "read"));
            assertThat(topology.readRecords("dead-letters")).isEmpty();
        }
    }

    private static byte[] floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return bytes.array();
    }
}
