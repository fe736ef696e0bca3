package io.lstmstreams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.input.Model;
import io.lstmstreams.modelfile.VariedModels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Precomputed steps have the results of steps that are not precomputed. */
class LookAheadTest {
    private static final int RECORDS = 1_500;
    private static final int LATE = 6; // the index among the counts
    private static final Map<String, String> EVERYTHING = Map.of(
            "lstm.output.include", "output,state,logits,gates",
            "lstm.sequence.max.steps", "9",
            "lstm.sequence.idle.timeout.ms", "145",
            "lstm.unknown.event", "dead-letter");

    private record Outcome(
            List<String> results,
            List<String> verdicts,
            List<String> deadLetters,
            Map<Bytes, String> states,
            List<Long> counts) {}

    private static List<TestRecord<byte[], byte[]>> records(long seed, int sequences) {
        SplittableRandom random = new SplittableRandom(seed);
        List<TestRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            String value = switch (random.nextInt(25)) {
                case 0 -> null;
                case 1 -> "{\"event\":\"nonsense\"}";
                case 2 -> "{\"event\":";
                case 3 -> "{\"end\":true}";
                case 4 -> "{\"event\":\"a\",\"end\":true}";
                default -> "{\"event\":\"" + "abc".charAt(random.nextInt(3)) + "\"}";
            };
            RecordHeaders headers = new RecordHeaders();
            headers.add(
                    "traceparent", "00-%032x-%016x-01".formatted(seed, i + 1).getBytes(UTF_8));
            if (random.nextInt(20) == 0) {
                String mark = List.of("start", "end", "middle").get(random.nextInt(3));
                headers.add("lstm.sequence", mark.getBytes(UTF_8));
            }
            String key = random.nextInt(40) == 0 ? null : "sequence " + random.nextInt(sequences);
            long time = DrivenTopology.START.toEpochMilli() + i - random.nextInt(3);
            records.add(new TestRecord<>(
                    key == null ? null : key.getBytes(UTF_8),
                    value == null ? null : value.getBytes(UTF_8),
                    headers,
                    time));
        }
        return records;
    }

    /**
     * Sends all records.
     *
     * @param polls the sizes of what is fetched at once; null if the application does not see the fetched records
     */
    private static Outcome run(
            Model model, Map<String, String> config, List<TestRecord<byte[], byte[]>> records, SplittableRandom polls) {
        Map<String, String> all = new HashMap<>(EVERYTHING);
        all.putAll(config);
        try (DrivenTopology topology = new DrivenTopology(model, all)) {
            int fetched = 0;
            for (int i = 0; i < records.size(); i++) {
                if (polls != null && i == fetched) {
                    int size = Math.min(1 + polls.nextInt(120), records.size() - i);
                    int missed = polls.nextInt(4) == 0 ? size / 2 : 0; // fetched before the application asked
                    topology.fetch(i + missed, records.subList(i + missed, i + size));
                    fetched = i + size;
                }
                topology.send(records.get(i));
                if (i % 100 == 50) {
                    topology.passTime(Duration.ofMillis(150)); // while records are fetched, some sequences become idle
                }
            }
            Map<Bytes, String> states = new HashMap<>();
            try (KeyValueIterator<Bytes, byte[]> stored = topology.store().all()) {
                while (stored.hasNext()) {
                    KeyValue<Bytes, byte[]> state = stored.next();
                    states.put(state.key, Bytes.wrap(state.value).toString());
                }
            }
            var metrics = topology.metrics();
            return new Outcome(
                    withTheirTraces(topology.readRecords("results")),
                    withTheirTraces(topology.readRecords("verdicts")),
                    withTheirTraces(topology.readRecords("dead-letters")),
                    states,
                    List.of(
                            metrics.steps().sum(),
                            metrics.started().sum(),
                            metrics.ended().sum(),
                            metrics.live().sum(),
                            metrics.anomalousSequences().sum(),
                            metrics.anomalousEvents().sum(),
                            metrics.surpriseNats().count(),
                            metrics.deadLetters().sum(),
                            metrics.unknownEvents().sum(),
                            metrics.lateEvents().sum()));
        }
    }

    /** Returns the records with their traces; verdicts of idle sequences have none. */
    private static List<String> withTheirTraces(List<TestRecord<byte[], byte[]>> records) {
        return records.stream()
                .map(record -> {
                    Header trace = record.headers().lastHeader("traceparent");
                    return (trace == null ? "none" : text(trace.value())) + " " + text(record.value());
                })
                .toList();
    }

    private static String text(byte[] utf8) {
        return utf8 == null ? "null" : new String(utf8, UTF_8);
    }

    private static void assertSameResults(Model model, Map<String, String> config, int sequences) {
        for (long seed = 1; seed <= 3; seed++) {
            List<TestRecord<byte[], byte[]>> records = records(seed, sequences);

            Outcome oneByOne = run(model, config, records, null);
            Outcome ahead = run(model, config, records, new SplittableRandom(seed));

            assertThat(ahead).isEqualTo(oneByOne);
            assertThat(oneByOne.results()).hasSizeGreaterThan(RECORDS / 2).allMatch(result -> result.startsWith("00-"));
            assertThat(oneByOne.verdicts()).anyMatch(verdict -> verdict.contains("\"idle\""));
            assertThat(oneByOne.verdicts()).anyMatch(verdict -> verdict.contains("\"end-record\""));
            assertThat(oneByOne.deadLetters()).hasSizeGreaterThan(RECORDS / 30);
            assertThat(oneByOne.states()).isNotEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 5, 60})
    @Tag("newer-kafka")
    void shouldWriteTheSameResultsVerdictsAndStates(int sequences) {
        assertSameResults(new VariedModels().lstms(), Map.of(), sequences);
    }

    @ParameterizedTest
    @ValueSource(strings = {"skip", "unknown-symbol"})
    @Tag("newer-kafka")
    void shouldHandleUnknownEventsInTheirOrder(String policy) {
        assertSameResults(new VariedModels().lstms(), Map.of("lstm.unknown.event", policy), 20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"drop", "dead-letter"})
    @Tag("newer-kafka")
    void shouldHandleLateEventsInTheirOrder(String policy) {
        Model model = new VariedModels().lstms();
        Map<String, String> config = Map.of("lstm.sequence.late", policy);

        assertSameResults(model, config, 5);
        assertThat(run(model, config, records(1, 5), null).counts().get(LATE)).isPositive();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("newer-kafka")
    void shouldKeepWindowsApart(boolean padded) {
        assertSameResults(new VariedModels().window(padded), Map.of(), 12);
    }
}
