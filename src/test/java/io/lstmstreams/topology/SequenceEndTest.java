package io.lstmstreams.topology;

import static io.lstmstreams.topology.DrivenTopology.event;
import static io.lstmstreams.topology.DrivenTopology.headers;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.input.Model;
import io.lstmstreams.output.Verdict.Ended;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;

class SequenceEndTest {
    private final Model model = TinyModels.events();
    private final Reference reference = new Reference(model);
    private DrivenTopology topology = new DrivenTopology(model, Map.of());

    @AfterEach
    void close() {
        topology.close();
    }

    private void given(Map<String, String> config) {
        topology.close();
        topology = new DrivenTopology(model, config);
    }

    private void step(String sequence, String symbol) {
        reference.step(sequence, topology.send(sequence, event(symbol)), symbol);
    }

    private void step(String sequence, String symbol, long time) {
        topology.sendAt(time, sequence, event(symbol));
        reference.step(sequence, time, symbol);
    }

    @Test
    void shouldEndWithATombstone() {
        // Given
        step("a", "open");
        step("a", "read");

        // When
        topology.send("a", null);

        // Then
        assertThat(topology.verdicts()).containsExactly(reference.end("a", Ended.END_RECORD));
        assertThat(topology.results()).hasSize(2);
    }

    @ParameterizedTest
    @NullAndEmptySource
    void shouldEndWithAHeaderWithoutAnEvent(String value) {
        // Given
        step("a", "open");

        // When
        topology.send("a", value, headers("lstm.sequence", "end"));

        // Then
        assertThat(topology.verdicts()).containsExactly(reference.end("a", Ended.END_RECORD));
        assertThat(topology.results()).hasSize(1);
    }

    @Test
    void shouldProcessTheEventOfARecordThatEndsByHeader() {
        // Given
        step("a", "open");
        topology.results();

        // When
        long time = topology.send("a", event("close"), headers("lstm.sequence", "end"));

        // Then
        assertThat(topology.results()).containsExactly(reference.step("a", time, "close"));
        assertThat(topology.verdicts()).containsExactly(reference.end("a", Ended.END_RECORD));
        assertThat(topology.stored("a")).isNull();
    }

    @Test
    void shouldEndWithTheFieldEndWithoutAnEvent() {
        // Given
        step("a", "open");

        // When
        topology.send("a", "{\"end\":true}");

        // Then
        assertThat(topology.verdicts()).containsExactly(reference.end("a", Ended.END_RECORD));
        assertThat(topology.results()).hasSize(1);
    }

    @Test
    void shouldProcessTheEventBesideTheFieldEnd() {
        // Given
        step("a", "open");
        topology.results();

        // When
        long time = topology.send("a", "{\"event\":\"close\",\"end\":true}");

        // Then
        assertThat(topology.results()).containsExactly(reference.step("a", time, "close"));
        assertThat(topology.verdicts()).containsExactly(reference.end("a", Ended.END_RECORD));
    }

    @Test
    void shouldFindTheFieldEndBesideTheEvent() {
        // Given
        given(Map.of("lstm.input.event", "/payload/event"));
        long time = topology.send("a", "{\"end\":true,\"payload\":{\"event\":\"open\"}}");
        reference.step("a", time, "open");
        assertThat(topology.verdicts()).isEmpty();

        // When
        topology.send("a", "{\"payload\":{\"end\":true}}");

        // Then
        assertThat(topology.verdicts()).containsExactly(reference.end("a", Ended.END_RECORD));
    }

    @Test
    void shouldEndAfterMaxSteps() {
        // Given
        given(Map.of("lstm.sequence.max.steps", "3"));

        // When
        step("a", "open");
        step("a", "read");
        assertThat(topology.verdicts()).isEmpty();
        step("a", "read");

        // Then
        assertThat(topology.verdicts()).containsExactly(reference.end("a", Ended.MAX_STEPS));
        assertThat(topology.results()).hasSize(3);
        assertThat(topology.stored("a")).isNull();
    }

    @Test
    void shouldNameTheEndRecordWhenTheLastStepIsAlsoTheEnd() {
        // Given
        given(Map.of("lstm.sequence.max.steps", "2"));

        // When
        step("a", "open");
        reference.step("a", topology.send("a", "{\"event\":\"close\",\"end\":true}"), "close");

        // Then
        assertThat(topology.verdicts()).containsExactly(reference.end("a", Ended.END_RECORD));
    }

    @Test
    void shouldRestartWhenAKeyReturnsAfterItsEnd() {
        // Given
        step("a", "open");
        step("a", "read");
        topology.send("a", null);
        reference.end("a", Ended.END_RECORD);
        topology.results();

        // When
        long first = topology.send("a", event("write"));
        long second = topology.send("a", event("close"));

        // Then
        assertThat(topology.results())
                .containsExactly(reference.step("a", first, "write"), reference.step("a", second, "close"));
    }

    @ParameterizedTest
    @NullAndEmptySource
    void shouldWriteNothingAtTheEndOfAnUnknownSequence(String value) {
        // When
        topology.send("a", value, headers("lstm.sequence", "end"));
        topology.send("b", null);
        topology.send("c", "{\"end\":true}");

        // Then
        assertThat(topology.producedTopics()).isEmpty();
        assertThat(topology.metrics().ended().sum()).isZero();
    }

    @Test
    void shouldDeleteTheStateAtTheEndAlsoInTheChangelog() {
        // Given
        step("a", "open");
        step("b", "open");
        assertThat(topology.stored("a")).isNotNull();

        // When
        topology.send("a", null);

        // Then
        assertThat(topology.stored("a")).isNull();
        assertThat(topology.stored("b")).isNotNull();
        assertThat(topology.readRecords(DrivenTopology.CHANGELOG))
                .filteredOn(record -> record.key()[0] == 'a')
                .extracting(record -> record.value() == null)
                .containsExactly(false, true);
    }

    @Test
    void shouldDeleteTheStateWithoutAVerdictWhenARecordStartsAndEndsWithoutAnEvent() {
        // Given
        step("a", "open");

        // When
        topology.send("a", null, headers("lstm.sequence", "start"));

        // Then
        assertThat(topology.stored("a")).isNull();
        assertThat(topology.verdicts()).isEmpty();
    }

    @Test
    void shouldEndAnIdleSequenceByTheTimeOfRecords() {
        // Given old records
        given(Map.of("lstm.sequence.idle.timeout.ms", "60000"));
        step("a", "open", 1_000_000);
        step("a", "read", 1_010_000);

        // When other sequences continue for one millisecond less than the timeout, and then for the last millisecond
        step("b", "open", 1_069_899); // 100 ms of wall-clock time pass until the scan
        topology.passTime(Duration.ofMillis(100));
        assertThat(topology.verdicts()).isEmpty();
        step("b", "read", 1_069_900);
        topology.passTime(Duration.ofMillis(100));

        // Then
        List<TestRecord<byte[], byte[]>> verdicts = topology.readRecords("verdicts");
        assertThat(verdicts).hasSize(1);
        assertThat(verdicts.get(0).value()).asString(UTF_8).isEqualTo(reference.end("a", Ended.IDLE));
        assertThat(verdicts.get(0).timestamp()).isEqualTo(1_070_000);
        assertThat(topology.stored("a")).isNull();
        assertThat(topology.stored("b")).isNotNull();
    }

    @Test
    void shouldEndIdleSequencesInWallClockTimeWhileNoRecordArrives() {
        // Given
        given(Map.of("lstm.sequence.idle.timeout.ms", "60000"));
        step("a", "open");
        step("b", "read");

        // When
        topology.passTime(Duration.ofSeconds(59));
        assertThat(topology.verdicts()).isEmpty();
        topology.passTime(Duration.ofSeconds(2));

        // Then
        assertThat(topology.verdicts())
                .containsExactlyInAnyOrder(reference.end("a", Ended.IDLE), reference.end("b", Ended.IDLE));
        assertThat(topology.readRecords(DrivenTopology.CHANGELOG))
                .filteredOn(record -> record.value() == null)
                .hasSize(2);
    }

    @Test
    void shouldRestartWhenAKeyReturnsAfterItWasIdle() {
        // Given
        given(Map.of("lstm.sequence.idle.timeout.ms", "60000"));
        step("a", "open");
        topology.passTime(Duration.ofSeconds(61));
        reference.end("a", Ended.IDLE);
        topology.results();

        // When
        long time = topology.send("a", event("write"));

        // Then
        assertThat(topology.results()).containsExactly(reference.step("a", time, "write"));
    }

    @Test
    void shouldNeverEndIdleSequencesWithoutATimeout() {
        step("a", "open");

        topology.passTime(Duration.ofDays(400));

        assertThat(topology.verdicts()).isEmpty();
        assertThat(topology.stored("a")).isNotNull();
    }

    @Test
    void shouldNotEndTheOthersBecauseOfATimestampInTheFuture() {
        // Given
        given(Map.of("lstm.sequence.idle.timeout.ms", "60000"));
        step("a", "open");
        long future = DrivenTopology.START.plus(Duration.ofDays(3650)).toEpochMilli();

        // When one record has the time of a wrong clock, and the right clock advances by less than the timeout
        step("b", "open", future);
        topology.passTime(Duration.ofSeconds(45));

        // Then
        assertThat(topology.verdicts()).isEmpty();
        topology.passTime(Duration.ofSeconds(16));
        assertThat(topology.verdicts()).contains(reference.end("a", Ended.IDLE));
    }

    @Test
    void shouldWaitForTheTimeoutAfterALastTimestampInTheFuture() {
        // Given
        given(Map.of("lstm.sequence.idle.timeout.ms", "60000"));
        step("a", "open", DrivenTopology.START.plus(Duration.ofSeconds(30)).toEpochMilli());

        // When
        topology.passTime(Duration.ofSeconds(89));

        // Then
        assertThat(topology.verdicts()).isEmpty();
        topology.passTime(Duration.ofSeconds(2));
        assertThat(topology.verdicts()).containsExactly(reference.end("a", Ended.IDLE));
    }

    @Test
    void shouldNotTreatASequenceAsIdleAfterALateEvent() {
        // Given
        given(Map.of("lstm.sequence.idle.timeout.ms", "60000"));
        step("a", "open", 1_000_000);

        // When a much earlier event arrives after it
        step("a", "read", 900_000);
        topology.passTime(Duration.ofSeconds(1));

        // Then
        assertThat(topology.verdicts()).isEmpty();
        assertThat(topology.stored("a")).isNotNull();
    }

    @Test
    void shouldNotKeepASequenceAliveByABadRecord() {
        // Given
        given(Map.of("lstm.sequence.idle.timeout.ms", "60000"));
        step("a", "open");

        // When
        topology.passTime(Duration.ofSeconds(50));
        topology.sendAt(DrivenTopology.START.plusSeconds(50).toEpochMilli(), "a", "not JSON");
        topology.passTime(Duration.ofSeconds(11));

        // Then
        assertThat(topology.verdicts()).containsExactly(reference.end("a", Ended.IDLE));
    }
}
