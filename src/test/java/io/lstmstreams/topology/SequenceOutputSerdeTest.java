package io.lstmstreams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lstmstreams.input.Model;
import io.lstmstreams.output.Include;
import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.SequenceOutput;
import io.lstmstreams.output.Verdict;
import io.lstmstreams.output.Verdict.Ended;
import io.lstmstreams.testkit.SequenceTester;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SequenceOutputSerdeTest {
    private static final Model MODEL = TinyModels.events();

    private final SequenceOutputSerde serde = new SequenceOutputSerde(MODEL);

    private byte[] write(SequenceOutput output) {
        return serde.serializer().serialize("results", output);
    }

    private SequenceOutput read(byte[] value) {
        return serde.deserializer().deserialize("results", value);
    }

    private static List<SequenceOutput> outputs(Set<Include> include) {
        List<SequenceOutput> outputs = new ArrayList<>();
        try (SequenceTester tester = SequenceTester.of(MODEL, StepOptions.DEFAULTS.results(3, include))) {
            tester.send("a", "open", "read", "close")
                    .send("b", "write")
                    .end("a")
                    .end("b");
            outputs.addAll(tester.results());
            outputs.addAll(tester.verdicts());
        }
        return outputs;
    }

    @Test
    void shouldReadBackEverythingThatItWrites() {
        List<SequenceOutput> outputs = outputs(EnumSet.allOf(Include.class));
        assertThat(outputs).hasSize(6);

        for (SequenceOutput output : outputs) {
            byte[] written = write(output);
            SequenceOutput read = read(written);

            assertThat(new String(write(read), UTF_8)).isEqualTo(new String(written, UTF_8));
            assertThat(read.sequence()).isEqualTo(output.sequence());
            assertThat(read.anomalous()).isEqualTo(output.anomalous());
        }
    }

    @Test
    void shouldReadFloatsExactlyAndNamesAsIndexes() {
        Prediction written = (Prediction) outputs(EnumSet.allOf(Include.class)).get(1);

        Prediction read = (Prediction) read(write(written));

        assertThat(read.index()).isEqualTo(written.index());
        assertThat(read.time()).isEqualTo(written.time());
        assertThat(read.next().get(0).index()).isEqualTo(written.next().get(0).index());
        assertThat(read.details().logits()).isEqualTo(written.details().logits());
        assertThat(read.details().state().get(1).c())
                .isEqualTo(written.details().state().get(1).c());
        assertThat(read.details().gates().get(0)).containsOnlyKeys("f", "i", "g", "o");
    }

    @Test
    void shouldReadAVerdictWithoutScores() {
        Verdict unscored = new Verdict("a", 1, Ended.IDLE, 0, 0, 0, 0, 0, Double.NaN, false, "00112233445566aa");

        assertThat(read(write(unscored))).isEqualTo(unscored);
    }

    @Test
    void shouldKeepTombstones() {
        assertThat(write(null)).isNull();
        assertThat(read(null)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "not JSON", "[1]", "{\"event\":\"secret\"}", "{\"sequence\":\"a\",\"ended\":\"no\"}"})
    void shouldRefuseOtherRecordsWithoutQuotingThem(String record) {
        assertThatThrownBy(() -> read(record.getBytes(UTF_8)))
                .isInstanceOf(SerializationException.class)
                .hasMessageStartingWith("topic results: ")
                .hasMessageNotContaining("secret");
    }
}
