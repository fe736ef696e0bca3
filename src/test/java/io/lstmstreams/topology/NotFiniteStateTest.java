package io.lstmstreams.topology;

import static io.lstmstreams.topology.DrivenTopology.headers;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lstmstreams.event.LineReader;
import io.lstmstreams.input.Model;
import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.metrics.StreamMetrics.Reason;
import io.lstmstreams.output.SequenceOutput;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.replay.Replay;
import io.lstmstreams.replay.Summary;
import io.lstmstreams.state.StateCodec;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Events with finite vectors whose products with the weights are not finite. */
class NotFiniteStateTest {
    private static final String GOOD = "{\"event\":[0.5,-1,0.25]}";
    private static final String BREAKING = "{\"event\":[-3.4e38,3.4e38,3.4e38]}";

    private final Model model = TinyModels.dense();
    private DrivenTopology topology;

    private void start(String policy) {
        topology = new DrivenTopology(model, Map.of("lstm.state.not.finite", policy, "lstm.output.include", "state"));
    }

    @AfterEach
    void close() {
        topology.close();
    }

    @Test
    @Tag("newer-kafka")
    void shouldSendTheRecordToTheDeadLettersAndLeaveTheStateAlone() {
        // Given
        start("dead-letter");
        topology.send("a", GOOD);
        byte[] before = topology.stored("a");
        topology.results();

        // When
        topology.send("a", BREAKING);

        // Then
        List<TestRecord<byte[], byte[]>> letters = topology.readRecords("dead-letters");
        assertThat(letters).hasSize(1);
        assertThat(letters.get(0).value()).isEqualTo(BREAKING.getBytes(UTF_8));
        assertThat(letters.get(0)
                        .headers()
                        .lastHeader("__streams.errors.message")
                        .value())
                .isEqualTo("the event makes the state of its sequence NaN or infinite".getBytes(UTF_8));
        assertThat(topology.results()).isEmpty();
        assertThat(topology.stored("a")).isEqualTo(before);
        assertThat(topology.metrics().statesNotFinite().sum()).isOne();
        assertThat(topology.metrics().deadLetters().sum(Reason.NOT_FINITE)).isOne();
        assertThat(topology.metrics().resultsNotFinite().sum()).isZero();

        // And the sequence continues as without the record
        topology.send("a", GOOD);
        topology.send("b", GOOD);
        topology.send("b", GOOD);
        List<String> results = topology.results();
        assertThat(state(results.get(0))).isEqualTo(state(results.get(2)));
    }

    private static String state(String result) {
        assertThat(result).contains("\"step\":2,").doesNotContain("notFinite");
        return result.substring(result.indexOf("\"state\""));
    }

    @Test
    void shouldKeepTheStateInItsOwnSequenceWithAFlagIfConfigured() {
        // Given
        start("keep");
        topology.send("b", GOOD);

        // When
        topology.send("a", BREAKING);
        topology.send("a", GOOD);
        topology.send("b", GOOD);

        // Then
        assertThat(topology.results())
                .noneMatch(result -> result.contains("NaN") || result.contains("Infinity"))
                .satisfiesExactly(
                        ofB -> assertThat(ofB).doesNotContain("null", "notFinite"),
                        broken -> assertThat(broken).contains("null", "\"notFinite\":true"),
                        stillBroken -> assertThat(stillBroken).contains("\"step\":2,", "null", "\"notFinite\":true"),
                        ofB -> assertThat(ofB).doesNotContain("null", "notFinite"));
        assertThat(topology.metrics().statesNotFinite().sum()).isEqualTo(2);
        assertThat(topology.metrics().resultsNotFinite().sum()).isEqualTo(2);
        assertThat(topology.readRecords("dead-letters")).isEmpty();
    }

    @Test
    void shouldStopIfConfigured() {
        start("fail");

        assertThatThrownBy(() -> topology.send("a", BREAKING))
                .hasRootCauseMessage(
                        "the event makes the state of its sequence NaN or infinite, and lstm.state.not.finite=fail");
        assertThat(topology.stored("a")).isNull();
    }

    @Test
    @Tag("newer-kafka")
    void shouldTreatAStoredStateThatIsNotFiniteAsDamaged() {
        // Given a state that was stored with another policy, or imported
        start("dead-letter");
        SequenceState broken = new SequenceState(model.network());
        broken.steps(5);
        broken.c(0)[1] = Float.NEGATIVE_INFINITY;
        byte[] stored = new StateCodec(model.network()).encode(broken);
        topology.store().put(Bytes.wrap("a".getBytes(UTF_8)), stored);

        // When
        topology.send("a", BREAKING);

        // Then
        TestRecord<byte[], byte[]> letter = topology.readRecords("dead-letters").get(0);
        assertThat(HexFormat.of()
                        .formatHex(letter.headers()
                                .lastHeader("__streams.errors.state")
                                .value()))
                .isEqualTo(HexFormat.of().formatHex(stored));
        assertThat(topology.stored("a")).isNull();
        assertThat(topology.metrics().statesUnreadable().sum()).isOne();
        topology.send("a", GOOD, headers());
        assertThat(topology.results()).singleElement().asString().contains("\"step\":1,");
    }

    @Test
    void shouldBeSkippedByReplayAsByTheStream() throws IOException {
        start("dead-letter");
        String lines = String.join(
                "\n",
                record("a", GOOD),
                record("a", BREAKING),
                record("c", BREAKING),
                record("a", GOOD),
                record("b", GOOD),
                record("b", GOOD));
        List<SequenceOutput> outputs = new ArrayList<>();
        Replay replay = new Replay(model, Kernels.named("scalar"), 0, Set.of(), outputs::add);

        Summary summary = replay.jsonLines(new LineReader(new ByteArrayInputStream(lines.getBytes(UTF_8))));

        assertThat(summary.refused()).isEqualTo(2);
        assertThat(summary.refusals().get(0).toString())
                .isEqualTo("line 2: the event makes the state of its sequence NaN or infinite (2 times)");
        assertThat(summary.live()).isEqualTo(2);
        assertThat(outputs).hasSize(4);
    }

    private static String record(String sequence, String event) {
        return "{\"sequence\":\"" + sequence + "\"," + event.substring(1);
    }
}
