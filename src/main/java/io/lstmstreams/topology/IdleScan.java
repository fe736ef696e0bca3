package io.lstmstreams.topology;

import io.lstmstreams.config.IdleTime;
import io.lstmstreams.state.StateCodec;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The search for expired sequences among the stored states of one task, and the count of those that are live. It reads each
 * state once after the task has started, and from then on only stretches of keys in which something can have expired, as the
 * {@link ExpiryIndex} says: work is in proportion to what expires. It works in turns of {@link BackgroundTime}, so that records
 * never wait long.
 *
 * <p>The time in which sequences become idle is that of the records: the latest timestamp seen. While no record arrives, it advances with the
 * wall-clock time. A timestamp in the future counts as now, so that one wrong clock does not end all sequences. Or the time is the
 * wall-clock time alone. Not thread-safe; belongs to a task.
 */
final class IdleScan {
    /** The time between two turns, at least; all tasks of a thread ask for theirs at multiples of it. Milliseconds. */
    static final long TICK_MS = 20;

    /** The number of states that a turn reads in any case: a few expired sequences are found at once, even by a cold JVM. */
    static final int LEAST_PER_TURN = 16;

    /** The time for which the ids of the last events of a sequence are stored after its end, in wall-clock time. */
    static final long OBSOLETE_MS = Duration.ofMinutes(10).toMillis();

    private static final long LONGEST_WAIT_MS = Duration.ofHours(1).toMillis();

    // A stretch of many entries is not visited again before 0.5 % of the timeout or 2.5 s have passed, whichever is
    // longer, but at most a tenth of the timeout: so a visit finds more than one expired sequence where they expire one
    // after the other.
    private static final int TENTH = 10;
    private static final int HALF_A_PERCENT = 200;
    private static final long PAUSE_MS = 2_500;

    private final ProcessorContext<?, ?> context;
    private final KeyValueStore<Bytes, byte[]> store;
    private final BackgroundTime threadTime;
    private final LongAdder liveInAllTasks;
    private final Consumer<Expired> end;
    private final long timeoutMs; // zero where sequences are never idle
    private final long pauseMs; // between two visits to a stretch
    private final boolean expires;
    private final IdleTime unit;
    private final ExpiryIndex index = new ExpiryIndex();

    private long live; // of this task
    private long streamTime = -1;
    private long committedTime = -1; // the task's own stream time, which outlives a restart
    private long observedAt; // wall-clock time
    private Cancellable tick;
    private long tickAt; // wall-clock time

    /**
     * A stored state that has expired: its sequence is idle, or nothing but obsolete ids of events is left.
     *
     * @param time the time of sequences at which it was found, in milliseconds since the epoch
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Expired(Bytes key, byte[] stored, long time) {}

    /**
     * Begins with no knowledge of what is stored. {@link #start} schedules the first turn.
     *
     * @param liveInAllTasks receives the changes of the number of live sequences
     * @param end receives each expired state, and deletes it
     */
    IdleScan(
            ProcessorContext<?, ?> context,
            KeyValueStore<Bytes, byte[]> store,
            StepOptions options,
            BackgroundTime threadTime,
            LongAdder liveInAllTasks,
            Consumer<Expired> end) {
        this.context = context;
        this.store = store;
        this.threadTime = threadTime;
        this.liveInAllTasks = liveInAllTasks;
        this.end = end;
        this.timeoutMs = options.idleTimeout().toMillis();
        this.pauseMs = Math.min(timeoutMs / TENTH, Math.max(timeoutMs / HALF_A_PERCENT, PAUSE_MS));
        this.expires = options.hasIdle();
        this.unit = options.idleTime();
        this.observedAt = context.currentSystemTimeMs();
    }

    /** Schedules the first turn. */
    void start() {
        schedule(context.currentSystemTimeMs(), 0);
    }

    /** Takes note of a record's timestamp. */
    void observe(long timestamp) {
        observedAt = context.currentSystemTimeMs();
        streamTime = Math.max(streamTime, Math.min(timestamp, observedAt));
        wake(observedAt);
    }

    /**
     * Takes note of a change in the store.
     *
     * @param before the bytes that the store had for the key; null if it had none
     * @param after the bytes that it has now; null if it has none
     */
    void changed(Bytes key, byte[] before, byte[] after) {
        if (index.isKnown(key)) {
            count((SequenceQueries.exists(after) ? 1 : 0) - (SequenceQueries.exists(before) ? 1 : 0));
        }
        if (!expires && index.isComplete()) {
            return;
        }
        if (after == null) {
            if (before != null) {
                index.remove(key);
            }
            return;
        }
        boolean isEarlier = before == null || idleAt(after) < idleAt(before) || obsoleteAt(after) < obsoleteAt(before);
        if (isEarlier || !index.isComplete()) {
            index.put(key, before == null, idleAt(after), obsoleteAt(after));
            wake(context.currentSystemTimeMs());
        }
    }

    private void count(long change) {
        if (change != 0) {
            live += change;
            liveInAllTasks.add(change);
        }
    }

    /**
     * Returns the time by which sequences become idle; negative before any record was ever seen.
     *
     * @param wallClock the wall-clock time now
     */
    long time(long wallClock) {
        if (unit == IdleTime.WALL_CLOCK) {
            return wallClock;
        }
        // The task's time counts up to the wall-clock time of the latest record: a time in the future must not advance
        // twice, with the clock and by itself.
        long seen = Math.max(streamTime, Math.min(committedTime, observedAt));
        return seen < 0 ? seen : seen + Math.max(0, wallClock - observedAt);
    }

    private void tick(long wallClock) {
        tick.cancel();
        committedTime = context.currentStreamTimeMs();
        try {
            turn(time(wallClock), wallClock);
        } finally {
            scheduleNext(wallClock);
        }
        if (!expires && index.isComplete()) {
            index.clear(); // all is counted, and nothing will ever be due
        }
    }

    private void turn(long now, long wallClock) {
        ExpiryIndex.Stretch due = index.due(now, wallClock);
        long turnEnd = due == null ? BackgroundTime.WAIT : threadTime.beginTurn(this, wallClock);
        if (turnEnd == BackgroundTime.WAIT) {
            return;
        }
        try {
            visit(due, now, wallClock, turnEnd);
        } finally {
            threadTime.endTurn();
        }
    }

    private void visit(ExpiryIndex.Stretch first, long now, long wallClock, long turnEnd) {
        int read = 0;
        ExpiryIndex.Stretch due = first;
        while (due != null && (read < LEAST_PER_TURN || threadTime.now() < turnEnd)) {
            read += 1 + new Visit(due, now, wallClock, turnEnd, read).read();
            due = index.due(now, wallClock);
        }
    }

    /** One visit to a stretch, or to its beginning. */
    private final class Visit {
        private final ExpiryIndex.Stretch stretch;
        private final boolean counts;
        private final long now;
        private final long wallClock;
        private final long turnEnd;
        private final int readBefore; // in this turn
        private int read;
        private int remaining; // entries that have not expired
        private long idleAt = ExpiryIndex.NEVER;
        private long obsoleteAt = ExpiryIndex.NEVER;

        private Visit(ExpiryIndex.Stretch stretch, long now, long wallClock, long turnEnd, int readBefore) {
            this.stretch = stretch;
            this.counts = !stretch.isKnown();
            this.now = now;
            this.wallClock = wallClock;
            this.turnEnd = turnEnd;
            this.readBefore = readBefore;
        }

        /** Reads until the stretch ends, has its number of entries, or the turn is over; returns how many entries it has read. */
        private int read() {
            Bytes to = index.visit(stretch);
            Bytes next = stretch.first();
            try (KeyValueIterator<Bytes, byte[]> states = store.range(next, to)) {
                while (next != null && goesOn()) {
                    KeyValue<Bytes, byte[]> entry = states.hasNext() ? states.next() : null;
                    boolean through = entry == null || entry.key.equals(to);
                    next = through ? null : after(entry.key); // before anything is thrown
                    if (!through) {
                        read(entry);
                    }
                }
            } finally {
                boolean cheap = remaining <= LEAST_PER_TURN; // to visit again
                long soonestIdle = cheap ? idleAt : Math.max(idleAt, now + pauseMs);
                long soonestObsolete = cheap ? obsoleteAt : Math.max(obsoleteAt, wallClock + PAUSE_MS);
                index.endVisit(next, remaining, soonestIdle, soonestObsolete);
            }
            return read;
        }

        private boolean goesOn() {
            return remaining < ExpiryIndex.KEYS
                    && (read == 0 || readBefore + read < LEAST_PER_TURN || threadTime.now() < turnEnd);
        }

        private void read(KeyValue<Bytes, byte[]> entry) {
            read++;
            long idle = idleAt(entry.value);
            long obsolete = obsoleteAt(entry.value);
            if (idle <= now || obsolete <= wallClock) {
                end.accept(new Expired(entry.key, entry.value, now));
                return;
            }
            remaining++;
            idleAt = Math.min(idleAt, idle);
            obsoleteAt = Math.min(obsoleteAt, obsolete);
            if (counts) {
                count(SequenceQueries.exists(entry.value) ? 1 : 0);
            }
        }
    }

    /**
     * Returns when a state's sequence becomes idle, in the time of sequences. States of unknown versions never do: their last event
     * time cannot be read.
     */
    private long idleAt(byte[] stored) {
        if (timeoutMs == 0 || StateCodec.isEnded(stored)) {
            return ExpiryIndex.NEVER;
        }
        long last = unit == IdleTime.WALL_CLOCK ? StateCodec.steppedAt(stored) : 0;
        if (last == 0) { // in the time of events, or from before the wall-clock time was stored
            last = StateCodec.lastEventTime(stored);
        }
        // The time of sequences is never negative where one can be idle.
        return last > ExpiryIndex.NEVER - timeoutMs ? ExpiryIndex.NEVER : Math.max(0, last + timeoutMs);
    }

    /** Returns when what remains of an ended sequence becomes obsolete, in wall-clock time. */
    private static long obsoleteAt(byte[] stored) {
        return StateCodec.isEnded(stored) ? StateCodec.steppedAt(stored) + OBSOLETE_MS : ExpiryIndex.NEVER;
    }

    /** Brings the next turn forward if something is due before it. */
    private void wake(long wallClock) {
        if (tickAt - wallClock > waitMs(wallClock) + TICK_MS) {
            tick.cancel();
            scheduleNext(wallClock);
        }
    }

    private void scheduleNext(long wallClock) {
        schedule(wallClock, waitMs(wallClock));
    }

    /** The time from now until something is due, as far as that can be known. */
    private long waitMs(long wallClock) {
        long now = time(wallClock);
        long idle = now < 0 && index.isComplete() ? LONGEST_WAIT_MS : saturatedDifference(index.idleAt(), now);
        return Math.min(idle, saturatedDifference(index.obsoleteAt(), wallClock));
    }

    private static long saturatedDifference(long later, long now) {
        return later <= now ? 0 : Math.min(later, now + LONGEST_WAIT_MS) - now;
    }

    /**
     * Schedules the next tick. All tasks of a thread have theirs at the same times, as each time makes Kafka Streams take fewer records
     * between two of its polls.
     */
    private void schedule(long wallClock, long waitMs) {
        tickAt = (wallClock + waitMs) / TICK_MS * TICK_MS + TICK_MS;
        tick = context.schedule(Duration.ofMillis(tickAt - wallClock), PunctuationType.WALL_CLOCK_TIME, this::tick);
    }

    /** The number of stretches of keys that are known apart. */
    int stretches() {
        return index.size();
    }

    /** The task leaves this instance, or begins again: nothing of it is live here. */
    void close() {
        tick.cancel();
        threadTime.leave(this);
        count(-live);
    }

    /** The least key that is greater than this one in the store's order, which is that of unsigned bytes. */
    private static Bytes after(Bytes key) {
        return Bytes.wrap(Arrays.copyOf(key.get(), key.get().length + 1));
    }
}
