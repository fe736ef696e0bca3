package io.lstmstreams.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.topology.TinyModels;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class LoadTest {
    private static final long TIME = 1_700_000_000_000L;

    private final Load load = new Load(7, "events");

    private List<ProducerRecord<byte[], byte[]>> some() {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            records.addAll(load.next(TIME + i));
        }
        return records;
    }

    private static String id(ProducerRecord<byte[], byte[]> record) {
        return new String(record.headers().lastHeader(Load.ID).value(), UTF_8);
    }

    @Test
    void shouldExpectAnAnswerToEveryRecordThatIsNotRepeated() throws Exception {
        List<ProducerRecord<byte[], byte[]>> records = some();
        load.repeated(20);
        records.addAll(load.ends(TIME));

        Expectation expectation = load.expectation();
        expectation.replay(TinyModels.events(7), Kernels.auto(), Set.of());

        Set<String> expected = new HashSet<>(expectation.results().keySet());
        expected.addAll(expectation.verdicts().keySet());
        expected.addAll(expectation.deadLetters().keySet());
        assertThat(records).extracting(LoadTest::id).doesNotHaveDuplicates();
        assertThat(records).extracting(LoadTest::id).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(expectation.results().values())
                .allMatch(answer -> answer.values().size() == 1);
        assertThat(expectation.verdicts().values())
                .allMatch(answer -> answer.values().size() == 1);
    }

    @Test
    void shouldProcessARestartedSequenceFromAZeroState() throws Exception {
        List<ProducerRecord<byte[], byte[]>> records = some();
        load.expectation().replay(TinyModels.events(7), Kernels.auto(), Set.of());

        assertThat(records)
                .filteredOn(record -> record.headers().lastHeader("lstm.sequence") != null
                        && "start"
                                .equals(new String(
                                        record.headers()
                                                .lastHeader("lstm.sequence")
                                                .value(),
                                        UTF_8)))
                .hasSizeGreaterThan(50)
                .allSatisfy(record -> assertThat(
                                load.expectation().results().get(id(record)).values())
                        .allMatch(value -> value.contains("\"step\":1,")));
    }

    @Test
    void shouldRepeatRecordsOfLiveAndOfEndedSequences() {
        List<ProducerRecord<byte[], byte[]>> records = some();

        List<ProducerRecord<byte[], byte[]>> repeated = load.repeated(200);

        assertThat(repeated).hasSizeGreaterThanOrEqualTo(200);
        assertThat(records).containsAll(repeated);
        Set<String> live = new HashSet<>();
        load.ends(TIME).forEach(end -> live.add(new String(end.key(), UTF_8)));
        assertThat(repeated)
                .extracting(record -> live.contains(new String(record.key(), UTF_8)))
                .contains(true, false);
    }

    @Test
    void shouldExpectOnlyAnIdleVerdictOfAnAbandonedSequence() throws Exception {
        Load leaving = new Load(7, "events", 50);
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            records.addAll(leaving.next(TIME + i));
        }
        records.addAll(leaving.ends(TIME));

        Expectation expectation = leaving.expectation();
        expectation.replay("one", TinyModels.events(7), Kernels.auto(), Set.of());
        expectation.replay("other", TinyModels.events(8), Kernels.auto(), Set.of());

        List<Answer> idle = expectation.verdicts().entrySet().stream()
                .filter(verdict -> verdict.getKey()
                        .equals(Expectation.idOfLeft(verdict.getValue().key())))
                .map(Map.Entry::getValue)
                .toList();
        assertThat(idle)
                .hasSizeBetween(50, 150)
                .allSatisfy(verdict -> assertThat(verdict.values())
                        .hasSize(2)
                        .allMatch(value -> value.contains("\"ended\":\"idle\""))
                        .anyMatch(value -> value.contains("\"model\":\"one\""))
                        .anyMatch(value -> value.contains("\"model\":\"other\"")));
        idle.forEach(verdict -> assertThat(expectation.results().values())
                .filteredOn(result -> result.key().equals(verdict.key()))
                .allMatch(result -> result.position() < verdict.position()));
    }

    @Test
    void shouldExpectADeadLetterOfEachHostileRecord() throws Exception {
        some();

        List<ProducerRecord<byte[], byte[]>> hostile = load.hostile(50);

        assertThat(load.expectation().deadLetters().keySet())
                .containsAll(hostile.stream().map(LoadTest::id).toList());
        assertThat(hostile)
                .extracting(record -> record.headers().lastHeader("large") != null)
                .contains(true, false);
        load.expectation().replay(TinyModels.events(7), Kernels.auto(), Set.of());
        assertThat(load.expectation().results()).doesNotContainKeys(id(hostile.get(0)));
    }

    @Test
    void shouldSendToEachPartition() {
        assertThat(load.oneInEach(3, TIME))
                .extracting(ProducerRecord::partition)
                .containsExactly(0, 0, 1, 1, 2, 2);
    }
}
