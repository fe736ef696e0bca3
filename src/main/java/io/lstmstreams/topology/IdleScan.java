package io.lstmstreams.topology;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The search for expired states in the store of one task, and the count of the task's live sequences. After the task
 * has started, the scan reads each state once. From then on it reads only ranges of keys in which something can have
 * expired, by an {@link ExpiryIndex}: the work is in proportion to what expires. The scan works in turns of
 * {@link BackgroundTime}, so that records never wait long. Not thread-safe.
 */
final class IdleScan {
    /** The shortest time between two turns, in milliseconds. All tasks of a thread ask for turns at multiples of it. */
    static final long TICK_MS = 20;

    /**
     * The number of states that a turn reads in any case: even a JVM that has just started finds a few expired states
     * at once.
     */
    static final int LEAST_PER_TURN = 16;

    private static final long LONGEST_WAIT_MS = Duration.ofHours(1).toMillis();

    // A range with many entries is not visited again before 0.5 % of the timeout or 2.5 s have passed, whichever is
    // longer, but at most a tenth of the timeout. So a visit finds more than one idle sequence if sequences become
    // idle one by one.
    private static final int TENTH = 10;
    private static final int HALF_A_PERCENT = 200;
    private static final long PAUSE_MS = 2_500;

    private final ProcessorContext<?, ?> context;
    private final KeyValueStore<Bytes, byte[]> store;
    private final BackgroundTime backgroundTime;
    private final LongAdder liveInAllTasks;
    private final Consumer<Expired> expire;
    private final long pauseMs; // between two visits to a range
    private final boolean statesExpire;
    private final SequenceTime time;
    private final ExpiryIndex index = new ExpiryIndex();

    private long live; // sequences of this task
    private Cancellable nextTick = () -> {};
    private long nextTickAt; // wall-clock time

    /**
     * A stored state that has expired: its sequence is idle, or it holds nothing but obsolete event ids.
     *
     * @param time the time of the scan by which the state has expired, in milliseconds since the epoch
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Expired(Bytes key, byte[] stored, long time) {}

    /**
     * Creates a scan that has read nothing yet; {@link #start} schedules its first turn.
     *
     * @param liveInAllTasks the number of live sequences, to which this task adds its own
     * @param expire receives each expired state, and must delete it
     */
    IdleScan(
            ProcessorContext<?, ?> context,
            KeyValueStore<Bytes, byte[]> store,
            StepOptions options,
            BackgroundTime backgroundTime,
            LongAdder liveInAllTasks,
            Consumer<Expired> expire) {
        this.context = context;
        this.store = store;
        this.backgroundTime = backgroundTime;
        this.liveInAllTasks = liveInAllTasks;
        this.expire = expire;
        long timeoutMs = options.idleTimeout().toMillis();
        this.pauseMs = Math.min(timeoutMs / TENTH, Math.max(timeoutMs / HALF_A_PERCENT, PAUSE_MS));
        this.statesExpire = options.statesExpire();
        this.time = new SequenceTime(options, context.currentSystemTimeMs());
    }

    /** Schedules the first turn. */
    void start() {
        schedule(context.currentSystemTimeMs(), 0);
    }

    /** Adds the timestamp of a record that arrives now. */
    void observe(long timestamp) {
        long wallClock = context.currentSystemTimeMs();
        time.observe(timestamp, wallClock);
        wake(wallClock);
    }

    /**
     * Adds a change of the store.
     *
     * @param before the bytes that the store had for the key; null if it had none
     * @param after the bytes that the store has now; null if it has none
     */
    void changed(Bytes key, byte @Nullable [] before, byte @Nullable [] after) {
        if (index.isKnown(key)) {
            count((SequenceQueries.exists(after) ? 1 : 0) - (SequenceQueries.exists(before) ? 1 : 0));
        }
        if (!statesExpire && index.isComplete()) {
            return;
        }
        if (after == null) {
            if (before != null) {
                index.remove(key);
            }
            return;
        }
        long idleAt = time.idleAt(after);
        long obsoleteAt = SequenceTime.obsoleteAt(after);
        boolean isEarlier =
                before == null || idleAt < time.idleAt(before) || obsoleteAt < SequenceTime.obsoleteAt(before);
        if (isEarlier || !index.isComplete()) {
            index.put(key, before == null, idleAt, obsoleteAt);
            wake(context.currentSystemTimeMs());
        }
    }

    private void count(long change) {
        if (change != 0) {
            live += change;
            liveInAllTasks.add(change);
        }
    }

    /** Returns the time by which sequences become idle, see {@link SequenceTime#now}. */
    long time(long wallClock) {
        return time.now(wallClock);
    }

    private void tick(long wallClock) {
        nextTick.cancel();
        time.committed(context.currentStreamTimeMs());
        try {
            turn(time.now(wallClock), wallClock);
        } finally {
            scheduleNext(wallClock);
        }
        if (!statesExpire && index.isComplete()) {
            index.clear(); // all sequences are counted, and nothing will ever expire
        }
    }

    private void turn(long now, long wallClock) {
        ExpiryIndex.Range due = index.due(now, wallClock);
        long turnEnd = due == null ? BackgroundTime.WAIT : backgroundTime.beginTurn(this, wallClock);
        if (turnEnd == BackgroundTime.WAIT) {
            return;
        }
        try {
            int read = 0;
            while (due != null && (read < LEAST_PER_TURN || backgroundTime.now() < turnEnd)) {
                read += 1 + new Visit(due, now, wallClock, turnEnd, read).run();
                due = index.due(now, wallClock);
            }
        } finally {
            backgroundTime.endTurn();
        }
    }

    /** One visit to a range of keys, or to its beginning. */
    private final class Visit {
        private final ExpiryIndex.Range range;
        private final boolean isFirst;
        private final long now;
        private final long wallClock;
        private final long turnEnd;
        private final int readBefore; // in this turn
        private int read;
        private int remaining; // entries that have not expired
        private long idleAt = ExpiryIndex.NEVER;
        private long obsoleteAt = ExpiryIndex.NEVER;

        private Visit(ExpiryIndex.Range range, long now, long wallClock, long turnEnd, int readBefore) {
            this.range = range;
            this.isFirst = !range.isKnown();
            this.now = now;
            this.wallClock = wallClock;
            this.turnEnd = turnEnd;
            this.readBefore = readBefore;
        }

        /**
         * Reads until the range ends, has its number of entries, or the turn is over; returns the number of entries
         * read.
         */
        private int run() {
            Bytes end = index.beginVisit(range);
            Bytes next = range.first();
            try (KeyValueIterator<Bytes, byte[]> states = store.range(next, end)) {
                while (next != null && goesOn()) {
                    KeyValue<Bytes, byte[]> entry = states.hasNext() ? states.next() : null;
                    if (entry == null || entry.key.equals(end)) {
                        next = null;
                    } else {
                        next = StoredRanges.after(entry.key); // before an expired state can throw
                        read(entry);
                    }
                }
            } finally {
                boolean isSmall = remaining <= LEAST_PER_TURN; // and so cheap to visit again
                long soonestIdle = isSmall ? idleAt : Math.max(idleAt, now + pauseMs);
                long soonestObsolete = isSmall ? obsoleteAt : Math.max(obsoleteAt, wallClock + PAUSE_MS);
                index.endVisit(next, remaining, soonestIdle, soonestObsolete);
            }
            return read;
        }

        private boolean goesOn() {
            return remaining < ExpiryIndex.KEYS
                    && (read == 0 || readBefore + read < LEAST_PER_TURN || backgroundTime.now() < turnEnd);
        }

        private void read(KeyValue<Bytes, byte[]> entry) {
            read++;
            long idle = time.idleAt(entry.value);
            long obsolete = SequenceTime.obsoleteAt(entry.value);
            if (idle <= now || obsolete <= wallClock) {
                expire.accept(new Expired(entry.key, entry.value, now));
                return;
            }
            remaining++;
            idleAt = Math.min(idleAt, idle);
            obsoleteAt = Math.min(obsoleteAt, obsolete);
            if (isFirst) {
                count(SequenceQueries.exists(entry.value) ? 1 : 0);
            }
        }
    }

    /** Brings the next turn forward if something is due before it. */
    private void wake(long wallClock) {
        if (nextTickAt - wallClock > waitMs(wallClock) + TICK_MS) {
            nextTick.cancel();
            scheduleNext(wallClock);
        }
    }

    private void scheduleNext(long wallClock) {
        schedule(wallClock, waitMs(wallClock));
    }

    /** Returns a lower bound of the time until something is due. */
    private long waitMs(long wallClock) {
        long now = time.now(wallClock);
        long idle = now < 0 && index.isComplete() ? LONGEST_WAIT_MS : saturatedDifference(index.idleAt(), now);
        return Math.min(idle, saturatedDifference(index.obsoleteAt(), wallClock));
    }

    private static long saturatedDifference(long later, long now) {
        return later <= now ? 0 : Math.min(later, now + LONGEST_WAIT_MS) - now;
    }

    /**
     * Schedules the next tick. All tasks of a thread tick at the same times, because Kafka Streams takes fewer
     * records between two polls after each of these times.
     */
    private void schedule(long wallClock, long waitMs) {
        nextTickAt = (wallClock + waitMs) / TICK_MS * TICK_MS + TICK_MS;
        nextTick = context.schedule(
                Duration.ofMillis(nextTickAt - wallClock), PunctuationType.WALL_CLOCK_TIME, this::tick);
    }

    /** Returns the number of ranges in the index. */
    int ranges() {
        return index.size();
    }

    /** Stops the scan, and subtracts the task's live sequences: the task leaves this instance, or starts again. */
    void close() {
        nextTick.cancel();
        backgroundTime.leave(this);
        count(-live);
    }
}
