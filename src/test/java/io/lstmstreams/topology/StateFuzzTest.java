package io.lstmstreams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lstmstreams.event.JsonEventDecoder;
import io.lstmstreams.input.Model;
import io.lstmstreams.modelfile.VariedModels;
import io.lstmstreams.recurrent.Execution;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.state.StateCodec;
import io.lstmstreams.state.UnreadableStateException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Any bytes in the place of states: none is accepted as a state by mistake, and none stops the stream. */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class StateFuzzTest {
    private static final int CASES = 10;
    private static final int CHECKSUM = 4;
    private static final Bytes KEY = Bytes.wrap("a".getBytes(UTF_8));
    private final VariedModels varied = new VariedModels();

    private Model model(String kind) {
        return switch (kind) {
            case "window" -> varied.window(true);
            case "index" -> varied.index();
            case "fields" -> varied.fields(Execution.CARRY);
            case "fields-window" -> varied.fields(new Execution(3, false));
            default -> TinyModels.events();
        };
    }

    private static String event(String kind) {
        return kind.startsWith("fields") ? "{\"event\":" + FieldEvents.BUY + "}" : "{\"event\":1}";
    }

    /** Returns a stored state after a few events. */
    private byte[] stored(Model model, String kind) {
        try (DrivenTopology topology = new DrivenTopology(model, Map.of())) {
            for (int i = 0; i < 4; i++) {
                topology.send("a", event(kind));
            }
            return topology.stored("a");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"events", "window", "index", "fields", "fields-window"})
    void shouldNeverMistakeOtherBytesForAState(String kind) {
        // Given
        Model model = model(kind);
        byte[] good = stored(model, kind);
        StateCodec codec = new StateCodec(model.network());
        SequenceState state = new SequenceState(model.network());
        codec.decode(good, state);
        FuzzRun run = new FuzzRun("decode " + kind, CASES);
        Random random = run.random();

        for (int i = 0; i < run.count(); i++) {
            // When
            byte[] bytes = damaged(random, good);

            // Then
            StateCodec.lastEventTime(bytes);
            if (!Arrays.equals(bytes, good)) {
                assertThatExceptionOfType(UnreadableStateException.class)
                        .as(run.toString())
                        .isThrownBy(() -> codec.decode(bytes, state));
            }
            run.done(i);
        }
        assertThat(codec.encode(state)).as(run.toString()).isEqualTo(good);
        run.end();
    }

    /** Bytes with a right checksum included, which everybody can write who may write to the changelog. */
    @ParameterizedTest
    @ValueSource(strings = {"events", "window", "index", "fields", "fields-window"})
    @Tag("newer-kafka")
    void shouldContinueWithAnyBytesInTheStore(String kind) {
        // Given
        Model model = model(kind);
        byte[] good = stored(model, kind);
        FuzzRun run = new FuzzRun("store " + kind, CASES);
        Random random = run.random();
        Reference reference = new Reference(model);
        String first = reference.step(
                "a",
                0,
                new JsonEventDecoder("/event")
                        .decode(event(kind).getBytes(UTF_8))
                        .event());

        try (DrivenTopology topology = new DrivenTopology(
                model,
                Map.of("lstm.sequence.idle.timeout.ms", "60000"),
                Map.of(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.AT_LEAST_ONCE))) {
            for (int i = 0; i < run.count(); i++) {
                // When
                boolean resealed = random.nextBoolean();
                byte[] bytes = resealed ? resealed(damaged(random, good)) : damaged(random, good);
                topology.store().put(KEY, bytes);
                topology.send("a", event(kind));

                // Then: a result, or a dead letter after which the sequence restarts
                List<String> results = topology.results();
                List<TestRecord<byte[], byte[]>> letters = topology.readRecords("dead-letters");
                assertThat(results.size() + letters.size()).as(run.toString()).isEqualTo(1);
                if (!resealed && !Arrays.equals(bytes, good)) {
                    assertThat(letters).as(run.toString()).hasSize(1);
                }
                if (results.isEmpty()) {
                    topology.send("a", event(kind));
                    assertThat(topology.results())
                            .as(run.toString())
                            .singleElement()
                            .satisfies(result -> assertThat(withoutTime(result)).isEqualTo(withoutTime(first)));
                }
                topology.changes();
                if (i % 100 == 0) {
                    topology.store().put(KEY, resealed(damaged(random, good)));
                    topology.passTime(Duration.ofMillis(2 * IdleScan.TICK_MS));
                    topology.verdicts();
                    topology.readRecords("dead-letters"); // those of states that should have ended and cannot be read
                }
                run.done(i);
            }
        }
        run.end();
    }

    private static String withoutTime(String json) {
        return json.replaceFirst("\"time\":\\d+,", "");
    }

    private static byte[] damaged(Random random, byte[] good) {
        FuzzedBytes fuzzed = new FuzzedBytes(random);
        byte[] bytes = good.clone();
        switch (random.nextInt(6)) {
            case 0 -> {
                return Arrays.copyOf(good, random.nextInt(2 * good.length)); // cut off, or longer by zeros
            }
            case 1 -> {
                bytes = fuzzed.noise(2 * good.length);
                if (bytes.length > 0 && random.nextBoolean()) {
                    bytes[0] = good[0];
                }
            }
            case 2 -> bytes = fuzzed.mutated(good);
            case 3 -> {
                int at = random.nextInt(good.length - 3);
                ByteBuffer.wrap(bytes).putInt(at, random.nextBoolean() ? -1 : random.nextInt());
            }
            default -> {
                for (int i = random.nextInt(8); i >= 0; i--) {
                    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                }
            }
        }
        return bytes;
    }

    private static byte[] resealed(byte[] bytes) {
        if (bytes.length >= CHECKSUM) {
            CRC32C checksum = new CRC32C();
            checksum.update(bytes, 0, bytes.length - CHECKSUM);
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length - CHECKSUM, (int)
                    checksum.getValue());
        }
        return bytes;
    }
}
