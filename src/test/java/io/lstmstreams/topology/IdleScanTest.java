package io.lstmstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.config.IdleTime;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.state.StateCodec;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IdleScanTest {
    private static final long TIMEOUT = 60_000;
    private static final long NOW = 10_000_000;

    private long clock;
    private long passes; // with each look at the clock

    private final KeyValueStore<Bytes, byte[]> store = Stores.keyValueStoreBuilder(
                    Stores.inMemoryKeyValueStore("states"), Serdes.Bytes(), Serdes.ByteArray())
            .withLoggingDisabled()
            .withCachingDisabled()
            .build();
    private final IdleScan scan = new IdleScan(
            store,
            new LiveSequences(new LongAdder()),
            Duration.ofMillis(TIMEOUT),
            IdleTime.EVENT,
            () -> clock += passes,
            NOW);

    @BeforeEach
    void open() {
        MockProcessorContext<Void, Void> context = new MockProcessorContext<>();
        store.init(context.getStateStoreContext(), store);
    }

    private static Bytes key(int number) {
        return Bytes.wrap(ByteBuffer.allocate(4).putInt(number).array());
    }

    private void put(int number, long lastEventTime) {
        SequenceState state = new SequenceState(TinyModels.events().network());
        state.steps(1);
        state.lastEventTime(lastEventTime);
        store.put(key(number), new StateCodec(TinyModels.events().network()).encode(state));
    }

    private List<Bytes> next(long now) {
        List<Bytes> found = new ArrayList<>();
        scan.next(now, now, idle -> found.add(idle.key()));
        return found;
    }

    @Test
    void shouldFindThoseWithoutAnEventForTheTimeout() {
        // Given
        put(1, NOW - TIMEOUT - 1);
        put(2, NOW - TIMEOUT);
        put(3, NOW - TIMEOUT + 1);

        // When, Then
        assertThat(next(NOW)).containsExactly(key(1), key(2));
    }

    @Test
    void shouldLookAtABoundedNumberOfStatesAtATimeAndGoOnWhereItStopped() {
        // Given
        int states = 2 * IdleScan.STATES_PER_TICK + 10;
        for (int i = 0; i < states; i++) {
            put(i, 0);
        }

        // When nothing is deleted in between
        List<Integer> sizes = new ArrayList<>();
        Set<Bytes> seen = new HashSet<>();
        for (int tick = 0; tick < 3; tick++) {
            List<Bytes> found = next(NOW);
            sizes.add(found.size());
            seen.addAll(found);
        }

        // Then
        assertThat(sizes).containsExactly(IdleScan.STATES_PER_TICK, IdleScan.STATES_PER_TICK, 10);
        assertThat(seen).hasSize(states);

        // And it begins anew
        assertThat(next(NOW)).hasSize(IdleScan.STATES_PER_TICK).startsWith(key(0));
    }

    @Test
    void shouldBeginAnewAfterTheLastStateAlsoWhenTheyFillTheirTicksExactly() {
        // Given
        for (int i = 0; i < IdleScan.STATES_PER_TICK; i++) {
            put(i, 0);
        }

        // When, Then
        assertThat(next(NOW)).hasSize(IdleScan.STATES_PER_TICK);
        assertThat(next(NOW)).hasSize(IdleScan.STATES_PER_TICK);
    }

    @Test
    void shouldNotSkipStatesWhenThoseThatItFoundAreDeleted() {
        // Given
        int states = IdleScan.STATES_PER_TICK + 500;
        for (int i = 0; i < states; i++) {
            put(i, 0);
        }

        // When
        next(NOW).forEach(store::delete);
        next(NOW).forEach(store::delete);

        // Then
        assertThat(store.all().hasNext()).isFalse();
    }

    @Test
    void shouldGoOnAfterAKeyThatIsAPrefixOfTheNext() {
        // Given the last state of the first tick is the shortest of a family of keys
        for (int i = 0; i < IdleScan.STATES_PER_TICK; i++) {
            put(i, 0);
        }
        Bytes last = key(IdleScan.STATES_PER_TICK - 1);
        Bytes longer =
                Bytes.wrap(ByteBuffer.allocate(5).put(last.get()).put((byte) 0).array());
        store.put(longer, store.get(last));

        // When
        next(NOW);

        // Then
        assertThat(next(NOW)).containsExactly(longer);
    }

    @Test
    void shouldPassOverBytesOfAnotherVersion() {
        // Given
        put(1, 0);
        byte[] bytes = store.get(key(1));
        bytes[0] = 9;
        store.put(key(1), bytes);
        store.put(key(2), new byte[0]);

        // When, Then
        assertThat(next(NOW)).isEmpty();
    }

    @Test
    void shouldFindNobodyBeforeAnyRecordWasEverSeen() {
        put(1, 0);

        assertThat(next(scan.time(-1, NOW + 2 * TIMEOUT))).isEmpty();
    }

    @Test
    void shouldTakeTheTimeOfTheLatestRecord() {
        scan.observe(key(0), 5_000, NOW);
        scan.observe(key(0), 4_000, NOW);

        assertThat(scan.time(-1, NOW)).isEqualTo(5_000);
    }

    @Test
    void shouldGoOnWithTheClockSinceTheLastRecord() {
        scan.observe(key(0), 5_000, NOW);
        scan.observe(key(0), 6_000, NOW + 100);

        assertThat(scan.time(-1, NOW + 350)).isEqualTo(6_250);
    }

    @Test
    void shouldGoOnFromTheCommittedTimeAfterARestart() {
        assertThat(scan.time(7_000, NOW + 40)).isEqualTo(7_040);
    }

    @Test
    void shouldNeverBeAheadOfTheClock() {
        // Given a record, and a committed time, of a year ahead
        long future = NOW + 31_536_000_000L;
        scan.observe(key(0), future, NOW);

        // When, Then
        assertThat(scan.time(future, NOW)).isEqualTo(NOW);
        assertThat(scan.time(future, NOW + 1_000)).isEqualTo(NOW + 1_000);
        scan.observe(key(0), NOW + 1_000, NOW + 2_000);
        assertThat(scan.time(future, NOW + 3_000)).isBetween(NOW + 2_000, NOW + 3_000);
    }

    @Test
    void shouldNotGoBackWithTheClock() {
        scan.observe(key(0), 5_000, NOW);

        assertThat(scan.time(-1, NOW - 1_000)).isEqualTo(5_000);
    }

    @Test
    void shouldTakeKeysInTheStoresOrder() {
        // Given keys whose first byte is negative as a signed byte
        put(0x7f000000, 0);
        put(0x80000000, 0);

        // When, Then
        assertThat(next(NOW)).containsExactly(key(0x7f000000), key(0x80000000));
        assertThat(store.range(key(0x7f000001), null).next())
                .extracting((KeyValue<Bytes, byte[]> entry) -> entry.key)
                .isEqualTo(key(0x80000000));
    }

    @Test
    void shouldStopInTimeAndGoOnWhereItStopped() {
        // Given: each state takes a quarter of the time
        for (int i = 0; i < 10; i++) {
            put(i, 0);
        }
        passes = IdleScan.TIME_PER_TICK_MS / 4;

        // When, Then
        assertThat(next(NOW)).containsExactly(key(0), key(1));
        assertThat(next(NOW)).containsExactly(key(2), key(3));
    }

    @Test
    void shouldLookAtEachStateOnceInAPassWhateverItsMarksAre() {
        // Given: marks among the states, before, behind, and where there are none
        List<Bytes> all = new ArrayList<>();
        for (int i = 0; i < 2_500; i++) {
            put(2 * i, 0);
            all.add(key(2 * i));
        }
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 5_000; i++) {
            scan.observe(key(random.nextInt(7_000)), 0, NOW);
        }

        // When
        List<Bytes> found = new ArrayList<>();
        for (int tick = 0; tick < 3; tick++) {
            found.addAll(next(NOW));
        }

        // Then
        assertThat(found).isEqualTo(all);
    }

    @Test
    void shouldTakeTheTimeOfTheClockWhereThatIsAskedFor() {
        // Given
        IdleScan byClock = new IdleScan(
                store,
                new LiveSequences(new LongAdder()),
                Duration.ofMillis(TIMEOUT),
                IdleTime.WALL_CLOCK,
                () -> 0,
                NOW);
        for (int number = 1; number <= 2; number++) {
            SequenceState state = new SequenceState(TinyModels.events().network());
            state.lastEventTime(NOW + (number == 1 ? TIMEOUT : -TIMEOUT)); // which says the opposite
            state.steppedAt(NOW - (number == 1 ? TIMEOUT : 1));
            store.put(key(number), new StateCodec(TinyModels.events().network()).encode(state));
        }
        put(3, NOW - TIMEOUT); // stepped before the clock was asked for

        // When
        List<Bytes> found = new ArrayList<>();
        byClock.next(byClock.time(-1, NOW), NOW, idle -> found.add(idle.key()));

        // Then
        assertThat(found).containsExactly(key(1), key(3));
    }

    /** As the application has it: a cache over RocksDB, and verdicts while the scan goes on. */
    @Test
    void shouldEndEachOfManyIdleSequencesOnce() {
        for (String time : List.of("event", "wall-clock")) {
            try (DrivenTopology topology = new DrivenTopology(
                    TinyModels.events(),
                    Map.of("lstm.sequence.idle.timeout.ms", "60000", "lstm.sequence.idle.time", time))) {
                // Given
                int sequences = 3 * IdleScan.STATES_PER_TICK;
                for (int i = 0; i < sequences; i++) {
                    topology.send("sequence " + i, DrivenTopology.event("open"));
                }

                // When
                topology.passTime(Duration.ofSeconds(70));
                Set<String> ended = new HashSet<>();
                for (int tick = 0; tick < 1_000 && ended.size() < sequences; tick++) {
                    topology.passTime(IdleScan.INTERVAL);
                    List<String> verdicts = topology.verdicts();
                    assertThat(verdicts).as("none twice").noneMatch(ended::contains);
                    ended.addAll(verdicts);
                }

                // Then
                assertThat(ended).hasSize(sequences);
                assertThat(topology.store().all().hasNext()).isFalse();
            }
        }
    }
}
