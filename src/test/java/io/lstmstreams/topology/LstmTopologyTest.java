package io.lstmstreams.topology;

import static io.lstmstreams.topology.DrivenTopology.event;
import static io.lstmstreams.topology.DrivenTopology.headers;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.event.LineReader;
import io.lstmstreams.input.Model;
import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.output.OutputJson;
import io.lstmstreams.output.Verdict.Ended;
import io.lstmstreams.replay.Replay;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LstmTopologyTest {
    private final Model model = TinyModels.events();
    private final Reference reference = new Reference(model);
    private final DrivenTopology topology = new DrivenTopology(model, Map.of());

    @AfterEach
    void close() {
        topology.close();
    }

    @Test
    void shouldKeepStatesOfInterleavedSequencesApart() {
        // Given
        Random random = new Random(42);
        List<String> expected = new ArrayList<>();

        // When
        for (int i = 0; i < 200; i++) {
            String sequence = "s" + random.nextInt(7);
            String symbol = TinyModels.EVENTS.get(random.nextInt(TinyModels.EVENTS.size()));
            long time = topology.send(sequence, event(symbol));
            expected.add(reference.step(sequence, time, symbol));
        }

        // Then
        assertThat(topology.results()).isEqualTo(expected);
    }

    @Test
    void shouldWriteTheResultsOfReplayExceptForTheTime() throws IOException {
        // Given
        String[][] records = {
            {"a", "open"}, {"b", "write"}, {"a", "read"}, {"b", null}, {"a", "close"}, {"b", "open"}, {"a", null}
        };
        StringBuilder file = new StringBuilder();
        List<String> replayed = new ArrayList<>();
        OutputJson json = new OutputJson(model.vocabulary());

        // When
        for (String[] record : records) {
            topology.send(record[0], record[1] == null ? null : event(record[1]));
            file.append("{\"sequence\":\"%s\",%s}%n"
                    .formatted(record[0], record[1] == null ? "\"end\":true" : "\"event\":\"" + record[1] + "\""));
        }
        new Replay(
                        model,
                        Kernels.named("scalar"),
                        3,
                        Set.of(),
                        output -> replayed.add(new String(json.write(output), UTF_8)))
                .jsonLines(
                        new LineReader(new ByteArrayInputStream(file.toString().getBytes(StandardCharsets.UTF_8))));

        // Then
        List<String> streamed = new ArrayList<>(topology.results());
        streamed.replaceAll(result -> result.replaceFirst("\"time\":\\d+,", ""));
        streamed.addAll(topology.verdicts());
        assertThat(streamed).hasSize(7).containsExactlyInAnyOrderElementsOf(replayed);
    }

    @Test
    void shouldWriteAResultForEachEventWithItsKeyTimestampAndHeaders() {
        // When
        long first = topology.send("a", event("open"), headers("trace", "t1", "more", "m"));
        topology.send("a", event("read"), headers("trace", "t2"));

        // Then
        List<TestRecord<byte[], byte[]>> results = topology.readRecords("results");
        assertThat(results).hasSize(2);
        assertThat(results.get(0).key()).isEqualTo("a".getBytes(UTF_8));
        assertThat(results.get(0).timestamp()).isEqualTo(first);
        assertThat(results.get(0).headers()).isEqualTo(headers("trace", "t1", "more", "m"));
        assertThat(results.get(1).timestamp()).isEqualTo(first + 1);
        assertThat(results.get(1).headers()).isEqualTo(headers("trace", "t2"));
    }

    @Test
    void shouldWriteAVerdictWithTheKeyTimestampAndHeadersOfItsEnd() {
        // When
        topology.send("a", event("open"), headers("trace", "t1"));
        long end = topology.send("a", null, headers("trace", "t2"));

        // Then
        List<TestRecord<byte[], byte[]>> verdicts = topology.readRecords("verdicts");
        assertThat(verdicts).hasSize(1);
        assertThat(verdicts.get(0).key()).isEqualTo("a".getBytes(UTF_8));
        assertThat(verdicts.get(0).timestamp()).isEqualTo(end);
        assertThat(verdicts.get(0).headers()).isEqualTo(headers("trace", "t2"));
    }

    @Test
    void shouldDiscardTheStateBeforeAStart() {
        // Given
        topology.send("a", event("open"));
        topology.send("a", event("read"));
        topology.results();

        // When
        long start = topology.send("a", event("write"), headers("lstm.sequence", "start"));
        long next = topology.send("a", event("close"));

        // Then
        assertThat(topology.results())
                .containsExactly(reference.step("a", start, "write"), reference.step("a", next, "close"));
        assertThat(topology.verdicts()).isEmpty();
    }

    @Test
    void shouldNameASequenceWhoseKeyIsNotUtf8InHexadecimal() {
        // Given
        byte[] key = {(byte) 0xff, 0, 7};

        // When
        topology.send(key, event("open").getBytes(UTF_8), headers());
        topology.send(key, null, headers());

        // Then
        TestRecord<byte[], byte[]> result = topology.readRecords("results").get(0);
        assertThat(HexFormat.of().formatHex(result.key())).isEqualTo("ff0007");
        assertThat(new String(result.value(), UTF_8)).startsWith("{\"sequence\":\"0xff0007\",\"step\":1,");
        assertThat(topology.verdicts())
                .singleElement()
                .asString()
                .startsWith("{\"sequence\":\"0xff0007\",\"steps\":1,");
    }

    @Test
    void shouldTreatAnEmptyKeyAsANormalSequence() {
        // When
        long time = topology.send("", event("open"));

        // Then
        assertThat(topology.results()).containsExactly(reference.step("", time, "open"));
    }

    @Test
    void shouldCountItsSteps() {
        // When
        topology.send("a", event("open"));
        topology.send("b", event("open"));
        topology.send("a", event("nonsense"));
        topology.send("a", event("read"));
        topology.send("a", null);

        // Then
        assertThat(topology.metrics().steps().sum()).isEqualTo(3);
        assertThat(topology.metrics().started().sum()).isEqualTo(2);
        assertThat(topology.metrics().ended().sum()).isEqualTo(1);
        assertThat(topology.metrics().deadLetters().sum()).isEqualTo(1);
        assertThat(topology.metrics().unknownEvents().sum()).isEqualTo(1);
        assertThat(topology.metrics().statesDiscarded().sum()).isZero();
    }

    @Test
    void shouldCountAnomalousSequencesOnce() {
        // Given two sequences that differ only in the next event
        String likeliest = likeliestAfter("open");
        String unlikeliest = unlikeliestAfter("open");

        // When
        topology.send("normal", event("open"));
        topology.send("normal", event(likeliest));
        topology.send("odd", event("open"));
        topology.send("odd", event(unlikeliest));
        topology.send("odd", null);

        // Then
        assertThat(topology.results())
                .filteredOn(result -> result.contains("\"anomalous\":true"))
                .hasSize(1);
        assertThat(topology.verdicts()).singleElement().asString().endsWith("\"anomalous\":true}");
        assertThat(topology.metrics().anomalousSequences().sum()).isEqualTo(1);
    }

    @Test
    void shouldKeepASequenceWithBrokenNumbersToItself() {
        // Given a model whose numbers overflow
        try (DrivenTopology dense = new DrivenTopology(TinyModels.dense(), Map.of("lstm.output.include", "output"))) {

            // When
            dense.send("broken", "{\"event\":[3e38,3e38,3e38]}");
            dense.send("sound", "{\"event\":[0.5,-1,2]}");

            // Then
            assertThat(dense.results().get(1))
                    .contains("\"sequence\":\"sound\"")
                    .doesNotContain("NaN");
        }
    }

    @Test
    void shouldEndASequenceThatHasOneEventOnly() {
        // When
        reference.step("a", topology.send("a", event("open")), "open");
        topology.send("a", null);

        // Then
        assertThat(topology.verdicts()).containsExactly(reference.end("a", Ended.END_RECORD));
    }

    private String likeliestAfter(String symbol) {
        return ranked(symbol).get(0);
    }

    private String unlikeliestAfter(String symbol) {
        List<String> ranked = ranked(symbol);
        return ranked.get(ranked.size() - 1);
    }

    /** Returns the events without the end, most likely first, as the topology itself predicts them. */
    private List<String> ranked(String symbol) {
        try (DrivenTopology all = new DrivenTopology(model, Map.of("lstm.output.top.k", "6"))) {
            all.send("a", event(symbol));
            String next = all.results().get(0).split("\"next\":", 2)[1];
            return Pattern.compile("\"event\":\"([a-z]+)\"")
                    .matcher(next)
                    .results()
                    .map(found -> found.group(1))
                    .toList();
        }
    }
}
