package io.lstmstreams.topology;

import io.lstmstreams.config.IdleTime;
import io.lstmstreams.state.StateCodec;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Looks through the states of one task for sequences without events, a bounded time at a time, so that no record waits
 * for millions of states; its first look counts them. Not thread-safe; belongs to a task.
 *
 * <p>Time is that of the records: the latest timestamp seen. While no record comes it goes on with the clock. A timestamp
 * in the future counts as now, so that one wrong clock does not end everybody's sequences. Or time is that of the clock alone.
 */
final class IdleScan {
    /** How often the scan goes on. */
    static final Duration INTERVAL = Duration.ofMillis(50);

    /** How many states it looks at then at most. */
    static final int STATES_PER_TICK = 1_000;

    /** How long it takes then at most, with the ends of those that are idle: records wait for it. */
    static final long TIME_PER_TICK_MS = 8;

    /** How long the ids of the last events of a sequence are kept after its end, by the clock. */
    private static final long ENDED_MS = Duration.ofMinutes(10).toMillis();

    /**
     * Kafka's record cache copies all keys that it has in a range when that is opened, which takes milliseconds where it has tens
     * of thousands. So a look goes from mark to mark: each of so many records leaves its key as one, and the cache has what
     * came last.
     */
    private static final int KEYS_PER_MARK = 64;

    private static final int MARKS = 2_000;

    private final TreeSet<Bytes> marks = new TreeSet<>();
    private final Deque<Bytes> marksInTime = new ArrayDeque<>(); // the same, the oldest first
    private final KeyValueStore<Bytes, byte[]> store;
    private final LiveSequences live;
    private final long timeoutMs; // zero where sequences are never idle
    private final IdleTime unit;
    private final LongSupplier clock;
    private long observed; // records
    private long streamTime = -1;
    private long observedAt; // by the clock
    private Bytes from; // where the next look begins; null for the first key

    /** A sequence that has been idle for too long. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Idle(Bytes key, byte[] stored) {}

    /**
     * @param live told of all states once
     * @param timeout zero for never
     * @param unit what it is measured in
     * @param clock in milliseconds, by which it stops in time
     */
    IdleScan(
            KeyValueStore<Bytes, byte[]> store,
            LiveSequences live,
            Duration timeout,
            IdleTime unit,
            LongSupplier clock,
            long wallClock) {
        this.clock = clock;
        this.store = store;
        this.live = live;
        this.timeoutMs = timeout.toMillis();
        this.unit = unit;
        this.observedAt = wallClock;
    }

    /** Takes note of a record. */
    void observe(Bytes key, long timestamp, long wallClock) {
        if (observed++ % KEYS_PER_MARK == 0 && marks.add(key)) {
            marksInTime.add(key);
            if (marksInTime.size() > MARKS) {
                marks.remove(marksInTime.remove());
            }
        }
        streamTime = Math.max(streamTime, Math.min(timestamp, wallClock));
        observedAt = wallClock;
    }

    /**
     * The time now, as sequences see it; negative before any record was ever seen.
     *
     * @param committed the task's own stream time, which outlives a restart; negative if unknown
     */
    long time(long committed, long wallClock) {
        if (unit == IdleTime.WALL_CLOCK) {
            return wallClock;
        }
        // By the clock of then: a time in the future must not go on twice, with the clock and by itself.
        long seen = Math.max(streamTime, Math.min(committed, observedAt));
        return seen < 0 ? seen : seen + Math.max(0, wallClock - observedAt);
    }

    /**
     * Looks at some more states, for some milliseconds at most, and hands over those that are idle at this time; begins anew
     * after the last one.
     *
     * @param wallClock by which what is left of ended sequences goes
     * @param end what to do about an idle one, which may delete it
     */
    void next(long now, long wallClock, Consumer<Idle> end) {
        if (now < 0 && live.isComplete()) {
            return;
        }
        long begun = clock.getAsLong();
        int looked = 0;
        boolean more = true;
        while (more && looked < STATES_PER_TICK && clock.getAsLong() - begun < TIME_PER_TICK_MS) {
            Bytes to = from == null ? (marks.isEmpty() ? null : marks.first()) : marks.higher(from);
            try (KeyValueIterator<Bytes, byte[]> states = store.range(from, to)) {
                while (states.hasNext() && looked < STATES_PER_TICK && clock.getAsLong() - begun < TIME_PER_TICK_MS) {
                    KeyValue<Bytes, byte[]> entry = states.next();
                    from = after(entry.key); // before anything is thrown
                    looked++;
                    live.seen(entry.value);
                    live.reached(from);
                    if (isOver(entry.value, now, wallClock)) {
                        end.accept(new Idle(entry.key, entry.value));
                    }
                }
                if (!states.hasNext()) {
                    more = to != null;
                    from = more ? after(to) : null;
                    live.reached(from);
                }
            }
        }
    }

    /** Bytes of another version never are: when their last event was is not known. */
    private boolean isOver(byte[] stored, long now, long wallClock) {
        if (StateCodec.isEnded(stored)) {
            return StateCodec.steppedAt(stored) <= wallClock - ENDED_MS;
        }
        if (timeoutMs == 0 || now < 0) {
            return false;
        }
        long last = unit == IdleTime.WALL_CLOCK ? StateCodec.steppedAt(stored) : 0;
        if (last == 0) { // in the time of events, or stepped before the clock was asked for
            last = StateCodec.lastEventTime(stored);
        }
        return last <= now - timeoutMs;
    }

    /** The smallest key that comes after this one in the store's order, which is that of unsigned bytes. */
    private static Bytes after(Bytes key) {
        return Bytes.wrap(Arrays.copyOf(key.get(), key.get().length + 1));
    }
}
