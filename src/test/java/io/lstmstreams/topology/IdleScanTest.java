package io.lstmstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.config.IdleTime;
import io.lstmstreams.config.RecordPart;
import io.lstmstreams.event.JsonEventDecoder;
import io.lstmstreams.metrics.StreamMetrics;
import io.lstmstreams.output.SequenceOutput;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.state.StateCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.Punctuator;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The idle scan. The clock of Kafka Streams stands still within a punctuation, as in a stream thread; the thread's own
 * time advances with each call.
 */
class IdleScanTest {
    private static final long TIMEOUT = 60_000;
    private static final long NOW = 10_000_000;
    private static final long PAUSE = 2_500; // between two visits to a stretch, with this timeout
    private static final StateCodec CODEC = new StateCodec(TinyModels.events().network());

    private final TimedContext context = new TimedContext();
    private final CountingStore counted = new CountingStore(
            Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore("states"), Serdes.Bytes(), Serdes.ByteArray())
                    .withLoggingDisabled()
                    .withCachingDisabled()
                    .build());
    private final KeyValueStore<Bytes, byte[]> store = counted.store();
    private final LongAdder live = new LongAdder();
    private final List<Bytes> found = new ArrayList<>();
    private long nanos = 1;
    private long nanosPerLook;
    private final BackgroundTime threadTime = new BackgroundTime(() -> nanos += nanosPerLook);
    private IdleScan scan;

    @BeforeEach
    void open() {
        store.init(context.getStateStoreContext(), store);
        context.setCurrentSystemTimeMs(NOW);
        context.setCurrentStreamTimeMs(-1);
    }

    /** Starts the task with the stored states. */
    private void start(IdleTime unit, boolean knowsRepeated) {
        scan = newScan(unit, knowsRepeated);
        scan.start();
    }

    private IdleScan newScan(IdleTime unit, boolean knowsRepeated) {
        return new IdleScan(context, store, options(unit, knowsRepeated), threadTime, live, this::expire);
    }

    private static StepOptions options(IdleTime unit, boolean knowsRepeated) {
        return options(Duration.ofMillis(TIMEOUT), unit, knowsRepeated);
    }

    private static StepOptions options(Duration timeout, IdleTime unit, boolean knowsRepeated) {
        return StepOptions.DEFAULTS
                .eventId(knowsRepeated ? new RecordPart(RecordPart.From.HEADER, "id") : null)
                .ends(timeout, 0)
                .idleTime(unit);
    }

    private void expire(IdleScan.Expired expired) {
        found.add(expired.key());
        store.delete(expired.key());
        scan.changed(expired.key(), expired.stored(), null);
    }

    /** Advances the time by milliseconds, for Kafka Streams and for the thread. */
    private void passTime(long milliseconds) {
        for (long i = 0; i < milliseconds; i++) {
            nanos += 1_000_000;
            context.tick();
        }
    }

    /** A context that runs scheduled punctuations as its time advances. */
    private static final class TimedContext extends MockProcessorContext<Void, Void> {
        private final List<Scheduled> scheduled = new ArrayList<>();
        private long soonest;

        private record Scheduled(long at, Punctuator punctuator) {}

        @Override
        public Cancellable schedule(Duration interval, PunctuationType type, Punctuator callback) {
            assertThat(type).isEqualTo(PunctuationType.WALL_CLOCK_TIME);
            Scheduled one = new Scheduled(currentSystemTimeMs() + interval.toMillis(), callback);
            scheduled.add(one);
            soonest = Math.min(soonest, one.at());
            return () -> scheduled.removeIf(each -> each == one);
        }

        /** Runs a punctuation once: the test schedules it again or cancels it. */
        private void tick() {
            long now = currentSystemTimeMs() + 1;
            setCurrentSystemTimeMs(now);
            scheduled.stream()
                    .filter(one -> one.at() <= now)
                    .toList()
                    .forEach(one -> one.punctuator().punctuate(now));
        }
    }

    private List<Bytes> found() {
        List<Bytes> all = new ArrayList<>(found);
        found.clear();
        return all;
    }

    private static Bytes key(int number) {
        return Bytes.wrap(ByteBuffer.allocate(4).putInt(number).array());
    }

    private static byte[] state(long lastEventTime, long processedAt) {
        SequenceState state = new SequenceState(TinyModels.events().network());
        state.steps(1);
        state.lastEventTime(lastEventTime);
        state.processedAt(processedAt);
        return CODEC.encode(state);
    }

    private static byte[] ended(long processedAt) {
        SequenceState state = new SequenceState(TinyModels.events().network());
        state.recentEvents().add(7);
        state.processedAt(processedAt);
        return CODEC.encodeEnded(state);
    }

    /** Stores a state before the task starts. */
    private void stored(int number, long lastEventTime) {
        store.put(key(number), state(lastEventTime, 0));
    }

    /** Processes an event. */
    private void event(int number, long timestamp) {
        put(key(number), state(timestamp, context.currentSystemTimeMs()));
        scan.observe(timestamp);
    }

    private void put(Bytes key, byte[] state) {
        byte[] before = store.get(key);
        store.put(key, state);
        scan.changed(key, before, state);
    }

    @Test
    void shouldFindThoseWithoutAnEventForTheTimeout() {
        // Given
        stored(1, NOW - TIMEOUT - 1);
        stored(2, NOW - TIMEOUT);
        stored(3, NOW - TIMEOUT + 10_000);
        start(IdleTime.EVENT, false);
        scan.observe(NOW);

        // When, Then
        passTime(2 * IdleScan.TICK_MS);
        assertThat(found()).containsExactly(key(1), key(2));
        passTime(10_000 - 2 * IdleScan.TICK_MS - 2);
        assertThat(found()).isEmpty();
        passTime(2 * IdleScan.TICK_MS);
        assertThat(found()).containsExactly(key(3));
    }

    @Test
    void shouldFindAnExpiredSequenceOfAnEmptyStoreInTime() {
        // Given
        start(IdleTime.EVENT, false);
        passTime(1_000);
        event(1, context.currentSystemTimeMs());
        passTime(5_000);
        event(2, context.currentSystemTimeMs());

        // When, Then
        passTime(TIMEOUT - 5_000 - 10);
        assertThat(found()).isEmpty();
        passTime(50);
        assertThat(found()).containsExactly(key(1));
        passTime(5_000);
        assertThat(found()).containsExactly(key(2));
        assertThat(live.sum()).isZero();
    }

    @Test
    void shouldFindThemAtOnceWhenTheEventTimeJumps() {
        // Given sequences of a replay of old events, whose next timer is an hour away
        start(IdleTime.EVENT, false);
        event(1, 1_000);
        passTime(100);

        // When
        event(2, 1_000 + TIMEOUT);
        passTime(2 * IdleScan.TICK_MS);

        // Then
        assertThat(found()).containsExactly(key(1));
    }

    @Test
    void shouldEndItsTurnByAClockThatMovesWithinAPunctuation() {
        // Given 1,000 expired states, and 0.1 ms for each reading of the clock while Kafka's clock stands still
        for (int i = 0; i < 1_000; i++) { // more than a turn can end
            stored(i, 0);
        }
        start(IdleTime.EVENT, false);
        scan.observe(NOW);
        nanosPerLook = 100_000;

        // When
        passTime(IdleScan.TICK_MS);

        // Then the turn reads as much as fits, and later turns find the rest
        assertThat(found.size())
                .isBetween(IdleScan.LEAST_PER_TURN, (int) (BackgroundTime.TURNS_AT_REST / nanosPerLook));
        passTime(5_000);
        assertThat(found()).hasSize(1_000).doesNotHaveDuplicates().isSorted();
    }

    @Test
    void shouldFindAFewInOneTurnOnASlowMachine() {
        // Given
        for (int i = 0; i < IdleScan.LEAST_PER_TURN; i++) {
            stored(i, 0);
        }
        start(IdleTime.EVENT, false);
        scan.observe(NOW);
        nanosPerLook = 10 * BackgroundTime.TURNS;

        // When
        passTime(IdleScan.TICK_MS);

        // Then
        assertThat(found()).hasSize(IdleScan.LEAST_PER_TURN);
    }

    @Test
    void shouldReadOnlyStretchesWithPossiblyExpiredStates() {
        // Given 10,000 live sequences in the order of their keys, one of which had its last event long before the
        // others
        start(IdleTime.EVENT, false);
        for (int i = 0; i < 10_000; i++) {
            event(i, NOW - (i == 5_000 ? TIMEOUT / 2 : 0));
        }
        passTime(1_000); // reads all of them once
        assertThat(live.sum()).isEqualTo(10_000);
        counted.reads = 0;

        // When its time has come
        passTime(TIMEOUT / 2);

        // Then
        assertThat(found()).containsExactly(key(5_000));
        assertThat(counted.reads).isLessThan(4 * ExpiryIndex.KEYS);
    }

    @Test
    void shouldNotReadBusySequencesAgainBeforeTheTimeoutHasPassed() {
        // Given 1,000 sequences that have an event every 5 s
        start(IdleTime.EVENT, false);
        int sequences = 1_000;
        long end = NOW + 3 * TIMEOUT;
        for (int i = 0; i < sequences; i++) {
            event(i, NOW);
        }
        passTime(1_000);
        counted.reads = 0;

        // When
        while (context.currentSystemTimeMs() < end) {
            long now = context.currentSystemTimeMs();
            for (int i = 0; i < sequences; i++) {
                event(i, now);
            }
            passTime(5_000);
        }

        // Then each was read about once for each timeout, not once for each of its events
        assertThat(found).isEmpty();
        assertThat(counted.reads).isLessThan(6 * sequences);
    }

    @Test
    void shouldDropStretchesWhoseSequencesHaveEnded() {
        // Given sequences with ascending ids that end with a record
        start(IdleTime.EVENT, false);
        passTime(100);

        // When
        for (int i = 0; i < 20_000; i++) {
            event(i, NOW);
            if (i >= 100) {
                byte[] before = store.get(key(i - 100));
                store.delete(key(i - 100));
                scan.changed(key(i - 100), before, null);
            }
        }

        // Then
        assertThat(live.sum()).isEqualTo(100);
        assertThat(scan.ranges()).isLessThan(10);
    }

    @Test
    void shouldKeepNoIndexIfNothingExpires() {
        // Given 10,000 sequences without a timeout, which the scan counts
        for (int i = 0; i < 10_000; i++) {
            stored(i, 0);
        }
        scan = new IdleScan(
                context, store, options(Duration.ZERO, IdleTime.EVENT, false), threadTime, live, this::expire);
        scan.start();
        passTime(5_000);
        assertThat(live.sum()).isEqualTo(10_000);

        // When others begin and end
        event(20_000, NOW);
        byte[] before = store.get(key(1));
        store.delete(key(1));
        scan.changed(key(1), before, null);
        event(30_000, NOW);
        passTime(10 * TIMEOUT);

        // Then
        assertThat(live.sum()).isEqualTo(10_001);
        assertThat(scan.ranges()).isZero();
        assertThat(found()).isEmpty();
    }

    @Test
    void shouldShareTheTimeOfAThreadAmongItsTasks() {
        // Given 64 tasks, each with more work than time
        for (int i = 0; i < 20_000; i++) {
            store.put(key(i), state(0, 0));
        }
        Set<Integer> served = new HashSet<>();
        for (int task = 0; task < 64; task++) {
            int number = task;
            IdleScan one = new IdleScan(
                    context,
                    store,
                    options(IdleTime.WALL_CLOCK, false),
                    threadTime,
                    live,
                    expired -> served.add(number)); // deletes nothing: the same states for all
            one.start();
        }
        nanosPerLook = 50_000;

        // When records keep the thread busy for 2 s
        long before = counted.reads;
        for (int i = 0; i < 100; i++) {
            for (int record = 0; record < 100; record++) {
                threadTime.endRecord(threadTime.beginRecord());
            }
            passTime(IdleScan.TICK_MS);
        }

        // Then all tasks had turns, which took a small part of the time in total
        assertThat(served).hasSize(64);
        assertThat((counted.reads - before) * nanosPerLook)
                .isLessThan(Duration.ofSeconds(2).toNanos() / 2);
    }

    @Test
    void shouldPassOverBytesOfUnknownVersions() {
        // Given
        byte[] bytes = state(0, 0);
        bytes[0] = 9;
        store.put(key(1), bytes);
        store.put(key(2), new byte[0]);
        start(IdleTime.EVENT, false);
        scan.observe(NOW);

        // When
        passTime(10 * TIMEOUT);

        // Then
        assertThat(found()).isEmpty();
    }

    @Test
    void shouldFindNothingBeforeTheFirstRecord() {
        stored(1, 0);
        start(IdleTime.EVENT, false);

        passTime(2 * TIMEOUT);

        assertThat(found()).isEmpty();
        assertThat(live.sum()).isEqualTo(1);
    }

    @Test
    void shouldUseTheTimeOfTheLatestRecord() {
        start(IdleTime.EVENT, false);
        scan.observe(5_000);
        scan.observe(4_000);

        assertThat(scan.time(NOW)).isEqualTo(5_000);
    }

    @Test
    void shouldAdvanceWithTheClockSinceTheLastRecord() {
        start(IdleTime.EVENT, false);
        scan.observe(5_000);
        context.setCurrentSystemTimeMs(NOW + 100);
        scan.observe(6_000);

        assertThat(scan.time(NOW + 350)).isEqualTo(6_250);
    }

    @Test
    void shouldContinueFromTheCommittedTimeAfterARestart() {
        start(IdleTime.EVENT, false);
        context.setCurrentStreamTimeMs(7_000);

        passTime(IdleScan.TICK_MS);

        assertThat(scan.time(NOW + 40)).isEqualTo(7_040);
    }

    @Test
    void shouldNeverBeAheadOfWallClockTime() {
        // Given a record, and a committed time, that are a year ahead
        start(IdleTime.EVENT, false);
        long future = NOW + 31_536_000_000L;
        scan.observe(future);
        context.setCurrentStreamTimeMs(future);
        passTime(IdleScan.TICK_MS);

        // When, Then
        assertThat(scan.time(NOW)).isEqualTo(NOW);
        assertThat(scan.time(NOW + 1_000)).isEqualTo(NOW + 1_000);
        context.setCurrentSystemTimeMs(NOW + 2_000);
        scan.observe(NOW + 1_000);
        assertThat(scan.time(NOW + 3_000)).isBetween(NOW + 2_000, NOW + 3_000);
    }

    @Test
    void shouldNotGoBackWithTheClock() {
        start(IdleTime.EVENT, false);
        scan.observe(5_000);

        assertThat(scan.time(NOW - 1_000)).isEqualTo(5_000);
    }

    @Test
    void shouldHandleKeysInTheStoresOrderAndTheirPrefixes() {
        // Given keys whose first byte is negative as a signed byte, and a key that is a prefix of another
        stored(0x7f000000, 0);
        stored(0x80000000, 0);
        Bytes longer = Bytes.wrap(ByteBuffer.allocate(5).putInt(0x7f000000).array());
        store.put(longer, state(0, 0));
        start(IdleTime.EVENT, false);
        scan.observe(NOW);

        // When
        passTime(100);

        // Then
        assertThat(found()).containsExactly(key(0x7f000000), longer, key(0x80000000));
    }

    @Test
    void shouldUseWallClockTimeIfConfigured() {
        // Given event times in the opposite order, and a state from before the wall-clock time was stored
        store.put(key(1), state(NOW + TIMEOUT, NOW - TIMEOUT));
        store.put(key(2), state(NOW - TIMEOUT, NOW - 1));
        store.put(key(3), state(NOW - TIMEOUT, 0));
        start(IdleTime.WALL_CLOCK, false);

        // When, Then
        passTime(100);
        assertThat(found()).containsExactly(key(1), key(3));
    }

    @Test
    void shouldRemoveEndedSequencesInWallClockTime() {
        // Given a sequence that ended before the start, and one that ends later
        store.put(key(1), ended(NOW - SequenceTime.EVENT_IDS_MS + 5_000));
        start(IdleTime.EVENT, true);
        event(2, NOW);
        passTime(1_000);
        put(key(2), ended(context.currentSystemTimeMs()));
        assertThat(live.sum()).isZero();

        // When, Then
        passTime(3_900);
        assertThat(found()).isEmpty();
        passTime(200);
        assertThat(found()).containsExactly(key(1));
        passTime(SequenceTime.EVENT_IDS_MS - 4_000);
        assertThat(found()).containsExactly(key(2));
    }

    @Test
    void shouldContinueAfterAStateThatThrows() {
        // Given
        for (int i = 0; i < 200; i++) {
            stored(i, 0);
        }
        scan = new IdleScan(context, store, options(IdleTime.EVENT, false), threadTime, live, expired -> {
            expire(expired);
            if (expired.key().equals(key(100))) {
                throw new IllegalStateException("as a damaged state does");
            }
        });
        scan.start();
        scan.observe(NOW);

        // When
        int thrown = 0;
        for (int i = 0; i < 100; i++) {
            try {
                passTime(IdleScan.TICK_MS);
            } catch (IllegalStateException e) {
                thrown++;
            }
        }

        // Then
        assertThat(thrown).isEqualTo(1);
        assertThat(found()).hasSize(200).doesNotHaveDuplicates();
    }

    /** Sequences start, continue, end and expire at random. A simple map states which must be found, and when. */
    @Test
    void shouldFindEachExpiredSequenceInTimeAndCountTheOthers() {
        for (int seed = 0; seed < 8; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            TreeMap<Bytes, Long> expected = new TreeMap<>();
            store.all().forEachRemaining(entry -> store.delete(entry.key));
            live.reset();
            for (int i = 0; i < random.nextInt(1_000); i++) { // restored
                Bytes key = key(random.nextInt());
                long time = context.currentSystemTimeMs() - random.nextLong(TIMEOUT / 2);
                store.put(key, state(time, 0));
                expected.put(key, time);
            }
            start(IdleTime.EVENT, false);
            scan.observe(context.currentSystemTimeMs());
            boolean ascending = random.nextBoolean();
            for (int round = 0; round < 300; round++) {
                for (int i = random.nextInt(40); i > 0; i--) {
                    long now = context.currentSystemTimeMs();
                    Bytes some = expected.isEmpty() ? null : expected.ceilingKey(key(random.nextInt()));
                    Bytes fresh = key(ascending ? (seed << 20) + round * 100 + i : random.nextInt());
                    Bytes key = some == null || random.nextInt(3) == 0 ? fresh : some;
                    byte[] before = store.get(key);
                    if (random.nextInt(4) == 0) {
                        store.delete(key);
                        scan.changed(key, before, null);
                        expected.remove(key);
                    } else {
                        long time = now - (random.nextInt(10) == 0 ? random.nextLong(TIMEOUT / 2) : 0); // late
                        put(key, state(time, 0));
                        scan.observe(now);
                        expected.put(key, time);
                    }
                }
                passTime(random.nextInt(2_000));
                long now = context.currentSystemTimeMs();
                for (Bytes key : found()) {
                    assertThat(expected.remove(key))
                            .as("found twice or too early")
                            .isNotNull()
                            .isLessThanOrEqualTo(now - TIMEOUT);
                }
                assertThat(expected.values()).allMatch(last -> last > now - TIMEOUT - PAUSE - 10 * IdleScan.TICK_MS);
                assertThat(live.sum()).isEqualTo(expected.size());
            }
            assertThat(scan.ranges()).isLessThanOrEqualTo(2 + expected.size() / 8);
            scan.close();
            assertThat(live.sum()).isZero();
        }
    }

    /**
     * Kafka Streams closes a task's processor and initializes the same object again when a task is resumed or revived.
     */
    @Test
    void shouldCountAgainIfAProcessorIsInitializedAgain() {
        // Given
        KeyValueStore<Bytes, byte[]> states = Stores.keyValueStoreBuilder(
                        Stores.inMemoryKeyValueStore("recurrent-state"), Serdes.Bytes(), Serdes.ByteArray())
                .withLoggingDisabled()
                .withCachingDisabled()
                .build();
        MockProcessorContext<byte[], SequenceOutput> mock = new MockProcessorContext<>();
        mock.setCurrentSystemTimeMs(1);
        mock.setCurrentStreamTimeMs(1);
        states.init(mock.getStateStoreContext(), states);
        mock.addStateStore(states);
        StreamMetrics metrics = new StreamMetrics();
        Processor<byte[], byte[], byte[], SequenceOutput> processor = LstmProcessorSupplier.builder(
                        TinyModels.events(), Serdes.ByteArray(), new JsonEventDecoder("/event"))
                .services(new StepServices().metrics(metrics))
                .build()
                .get();
        processor.init(mock);
        processor.process(record("a"));
        processor.process(record("b"));
        tick(mock);
        assertThat(metrics.live().sum()).isEqualTo(2);

        // When
        processor.close();
        assertThat(metrics.live().sum()).isZero();
        processor.init(mock);

        // Then
        tick(mock);
        assertThat(metrics.live().sum()).isEqualTo(2);
        processor.process(record("c"));
        assertThat(metrics.live().sum()).isEqualTo(3);
    }

    private static Record<byte[], byte[]> record(String sequence) {
        return new Record<>(
                sequence.getBytes(StandardCharsets.UTF_8),
                DrivenTopology.event("open").getBytes(StandardCharsets.UTF_8),
                1);
    }

    private static void tick(MockProcessorContext<byte[], SequenceOutput> context) {
        context.scheduledPunctuators().stream()
                .filter(punctuator -> !punctuator.cancelled())
                .toList()
                .forEach(punctuator -> punctuator.getPunctuator().punctuate(1));
    }

    /** Uses the application's store, a cache over RocksDB, and ends sequences during the scan. */
    @Test
    void shouldEndEachOfManyIdleSequencesOnce() {
        for (String time : List.of("event", "wall-clock")) {
            try (DrivenTopology topology = new DrivenTopology(
                    TinyModels.events(),
                    Map.of("lstm.sequence.idle.timeout.ms", "60000", "lstm.sequence.idle.time", time))) {
                // Given
                int sequences = 3_000;
                for (int i = 0; i < sequences; i++) {
                    topology.send("sequence " + i, DrivenTopology.event("open"));
                }

                // When
                topology.passTime(Duration.ofSeconds(70));
                Set<String> ended = new HashSet<>();
                for (int tick = 0; tick < 10_000 && ended.size() < sequences; tick++) {
                    topology.passTime(Duration.ofMillis(IdleScan.TICK_MS));
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
