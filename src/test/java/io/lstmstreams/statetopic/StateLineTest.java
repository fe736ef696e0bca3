package io.lstmstreams.statetopic;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.state.StateCodec;
import io.lstmstreams.topology.TinyModels;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StateLineTest {
    private static final Network NETWORK = TinyModels.events().network();

    private static byte[] state() {
        SequenceState state = new SequenceState(NETWORK);
        state.steps(7);
        state.lastEventTime(1_700_000_000_000L);
        state.verdict().restore(-3.5, -1.25, 5, 4, 6, true);
        return new StateCodec(NETWORK).encode(state);
    }

    private static String base64() {
        return Base64.getEncoder().encodeToString(state());
    }

    private static StateLine line(byte[] key, int partition) {
        return new StateLine(new StateRecord(key, partition, state()), 8);
    }

    @Test
    void shouldContainTheFieldsOfTheState() {
        assertThat(line("a".getBytes(UTF_8), 3).write())
                .isEqualTo("{\"sequence\":\"a\",\"partition\":3,\"steps\":7,\"time\":1700000000000,"
                        + "\"sumLogProbability\":-3.5,\"minLogProbability\":-1.25,\"minAtStep\":5,\"maxRank\":4,"
                        + "\"maxRankAtStep\":6,\"anomalous\":true,\"fingerprint\":\""
                        + NETWORK.fingerprintHex().substring(0, 32) + "\",\"bytes\":" + state().length
                        + ",\"partitions\":8,\"state\":\"" + base64() + "\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "", "0x", "0xff", "0x61", "line\nend \"quoted\" \u0000", "\ud83d\ude00"})
    void shouldReadBackTheIdThatWasWritten(String id) {
        StateLine read = StateLine.parse(line(id.getBytes(UTF_8), 3).write());

        assertThat(read.record().key()).isEqualTo(id.getBytes(UTF_8));
        assertThat(read.record().value()).isEqualTo(state());
        assertThat(read.record().partition()).isEqualTo(3);
        assertThat(read.partitions()).isEqualTo(8);
    }

    @Test
    void shouldReadBackAnIdThatIsNoText() {
        byte[] id = {(byte) 0xff, 0, 1};
        String written = line(id, 3).write();

        assertThat(written).contains("\"sequence\":\"0xff0001\"").doesNotContain("\"key\"");
        assertThat(StateLine.parse(written).record().key()).isEqualTo(id);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{|it is not JSON",
                "``|it must have the texts \"sequence\" and \"state\"",
                "[]|it must have the texts \"sequence\" and \"state\"",
                "{\"sequence\":7,\"state\":\"\"}|it must have the texts \"sequence\" and \"state\"",
                "{\"sequence\":\"a\"}|it must have the texts \"sequence\" and \"state\"",
                "{\"sequence\":\"a\",\"state\":\"\"}|the stored state is damaged: its checksum is wrong",
                "{\"sequence\":\"a\",\"state\":\"AAAA\"}|the stored state is damaged: its checksum is wrong",
                "{\"sequence\":\"a\",\"state\":\"?\"}|its \"state\" is not Base64",
                "{\"sequence\":\"a\",\"state\":\"STATE\"} x|it is not JSON",
                "{\"sequence\":\"a\",\"key\":5,\"state\":\"STATE\"}|its \"key\" is not Base64",
                "{\"sequence\":\"a\",\"partition\":8,\"partitions\":8,\"state\":\"STATE\"}|there is no partition 8 of 8",
                "{\"sequence\":\"a\",\"partition\":-1,\"partitions\":8,\"state\":\"STATE\"}|its \"partition\" and \"partitions\" must be whole numbers from 0, but \"partition\" is not",
                "{\"sequence\":\"a\",\"partition\":0,\"partitions\":0,\"state\":\"STATE\"}|there is no partition 0 of 0",
                "{\"sequence\":\"a\",\"partitions\":0,\"state\":\"STATE\"}|its \"partition\" and \"partitions\" must be whole numbers from 0, but \"partition\" is not",
                "{\"sequence\":\"a\",\"partition\":0,\"state\":\"STATE\"}|its \"partition\" and \"partitions\" must be whole numbers from 0, but \"partitions\" is not",
                "{\"sequence\":\"a\",\"partition\":1.5,\"partitions\":8,\"state\":\"STATE\"}|its \"partition\" and \"partitions\" must be whole numbers from 0, but \"partition\" is not",
                "{\"sequence\":\"a\",\"partition\":0,\"partitions\":\"8\",\"state\":\"STATE\"}|its \"partition\" and \"partitions\" must be whole numbers from 0, but \"partitions\" is not",
                "{\"sequence\":\"a\",\"partition\":0,\"partitions\":4294967297,\"state\":\"STATE\"}|its \"partition\" and \"partitions\" must be whole numbers from 0, but \"partitions\" is not",
                "{\"sequence\":\"a\",\"sequence\":\"b\",\"state\":\"STATE\"}|it is not JSON",
                "{\"sequence\":\"a\",\"key\":\"Yg==\",\"state\":\"STATE\"}|its \"key\" must be the id of its \"sequence\"",
                "{\"sequence\":\"\\ud800\",\"state\":\"STATE\"}|a sequence's id contains half of a surrogate pair, which UTF-8 cannot encode"
            })
    void shouldRefuseInvalidStates(String text, String reason) {
        assertThatThrownBy(() -> StateLine.parse(text.replace("STATE", base64())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(reason);
    }

    @Test
    void shouldOmitTheScoresIfNothingWasScored() {
        SequenceState unscored = new SequenceState(NETWORK);
        unscored.steps(1);
        byte[] state = new StateCodec(NETWORK).encode(unscored);

        assertThat(new StateLine(new StateRecord("a".getBytes(UTF_8), 0, state), 1).write())
                .doesNotContain("sumLogProbability", "anomalous");
    }

    @Test
    void shouldWriteAScoreThatIsNotFiniteAsNull() {
        SequenceState broken = new SequenceState(NETWORK);
        broken.steps(2);
        broken.verdict().restore(Double.NaN, Double.NEGATIVE_INFINITY, 2, 1, 2, true);
        byte[] state = new StateCodec(NETWORK).encode(broken);

        assertThat(new StateLine(new StateRecord("a".getBytes(UTF_8), 0, state), 1).write())
                .contains("\"sumLogProbability\":null,\"minLogProbability\":null,");
    }

    @Test
    void shouldMarkADamagedStateAndKeepItsBytes() {
        byte[] damaged = state();
        damaged[30] ^= 4;
        StateLine line = new StateLine(new StateRecord("a".getBytes(UTF_8), 0, damaged), 1);

        assertThat(line.isUsable()).isFalse();
        assertThat(line.write())
                .startsWith("{\"sequence\":\"a\",\"partition\":0,\"damaged\":\"the stored state is damaged: its")
                .contains(Base64.getEncoder().encodeToString(damaged));
    }

    @Test
    void shouldFindThePartitionOfASequencesEvents() {
        byte[] key = "a".getBytes(UTF_8);
        int usual = StateTopic.defaultPartition(key, 8);

        assertThat(line(key, (usual + 1) % 8).partitionOf(8)).isEqualTo((usual + 1) % 8);
        assertThat(line(key, usual).partitionOf(5)).isEqualTo(StateTopic.defaultPartition(key, 5));
        assertThat(StateLine.parse("{\"sequence\":\"a\",\"state\":\"" + base64() + "\"}")
                        .partitionOf(8))
                .isEqualTo(usual);
        assertThatThrownBy(() -> line(key, (usual + 1) % 8).partitionOf(5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("its topic does not use Kafka's default partitioning, so it requires a topic of 8"
                        + " partitions, but this topic has 5");
    }
}
