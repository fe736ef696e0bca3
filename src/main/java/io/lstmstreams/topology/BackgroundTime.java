package io.lstmstreams.topology;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The time that a stream thread may spend on work that can wait, such as the idle scan. Records come first: the work
 * gets a twentieth of the time of a thread that is busy with records, and up to half of the time of a thread with few
 * records. The tasks of a thread take turns. There is one for each application, with an account for each thread. Safe
 * for any number of threads.
 *
 * <p>Times are nanoseconds of {@link System#nanoTime}, because Kafka's own clock stands still within a punctuation.
 */
final class BackgroundTime {
    /**
     * The longest time of the turns of all tasks together, for which records wait. A task does a little work in any
     * case.
     */
    static final long TURNS = 4_000_000;

    /** The longest time of the turns of all tasks of a thread that has had no record since its last turns. */
    static final long TURNS_AT_REST = 20_000_000;

    /** The result of {@link #beginTurn} for a task that has to wait. */
    static final long WAIT = Long.MIN_VALUE;

    /** The shortest turn that may begin, because each turn does a little work in any case. */
    private static final long MIN_TURN = TURNS / 4;

    /** The most that a thread saves, and the most that a turn costs. */
    private static final long MAX_SAVED = 2 * TURNS;

    /** The time that a new thread has for the first visit to all states. */
    private static final long SAVED_AT_START = 1_000_000_000;

    private static final double MIN_SHARE = 0.05;
    private static final double MAX_SHARE = 0.5;

    /** The factor by which the records' share of the time reduces the largest share. */
    private static final double SHARE_FOR_RECORDS = 1.5;

    /** The number of records of which one is timed: a prime, so that no batch size hides the slow ones. */
    private static final int TIMED = 17;

    private static final double SMOOTHING = 0.125;

    /** The time after which a task that asks no more does not delay the others. */
    private static final long ABSENT = 1_000_000_000;

    private final LongSupplier clock;
    private final ThreadLocal<Account> accounts;

    /** The background time of one thread. */
    private static final class Account {
        private final Map<Object, Long> waiting =
                new LinkedHashMap<>(); // the time of each task's last request, the longest wait first
        private long saved = SAVED_AT_START;
        private long settledAt;
        private int records; // since settledAt
        private boolean atRest;
        private double recordTime; // a moving average
        private long turnStart;
        private long pass; // the wall-clock time of Kafka's latest pass over the tasks
        private long left; // for turns in that pass

        private Account(long now) {
            settledAt = now;
        }
    }

    BackgroundTime() {
        this(System::nanoTime);
    }

    BackgroundTime(LongSupplier clock) {
        this.clock = clock;
        this.accounts = ThreadLocal.withInitial(() -> new Account(clock.getAsLong()));
    }

    /** Counts a record; returns the time of its start if it is timed, and 0 otherwise. */
    long beginRecord() {
        return ++accounts.get().records % TIMED == 0 ? clock.getAsLong() : 0;
    }

    /**
     * Ends a record.
     *
     * @param start the result of {@link #beginRecord}
     */
    void endRecord(long start) {
        if (start != 0) {
            Account account = accounts.get();
            account.recordTime += SMOOTHING * (clock.getAsLong() - start - account.recordTime);
        }
    }

    /** Returns the time now, to compare with the end of a turn. */
    long now() {
        return clock.getAsLong();
    }

    /**
     * Begins a turn of a task, if the thread has time for it.
     *
     * @param task the task; if it has to wait, it must call again later or {@link #leave}
     * @param wallClock Kafka's wall-clock time, which stands still while Kafka calls one task after the other
     * @return the time at which the turn ends, or {@link #WAIT}
     */
    long beginTurn(Object task, long wallClock) {
        long now = clock.getAsLong();
        Account account = accounts.get();
        settle(account, now);
        if (account.pass != wallClock) {
            account.pass = wallClock;
            account.left = account.atRest ? TURNS_AT_REST : TURNS;
        }
        account.waiting.put(task, now);
        account.waiting.values().removeIf(request -> now - request > ABSENT);
        if (Math.min(account.saved, account.left) < MIN_TURN
                || account.waiting.keySet().iterator().next() != task) {
            return WAIT;
        }
        account.waiting.remove(task);
        account.turnStart = now;
        return now + (account.atRest ? account.left : Math.min(account.left, account.saved));
    }

    private static void settle(Account account, long now) {
        long elapsed = Math.max(1, now - account.settledAt);
        double busy = account.records * account.recordTime / elapsed;
        double share = Math.max(MIN_SHARE, MAX_SHARE - SHARE_FOR_RECORDS * busy);
        account.saved = Math.max(account.saved, Math.min(MAX_SAVED, account.saved + (long) Math.ceil(share * elapsed)));
        account.settledAt = now;
        account.atRest = account.records == 0 && (account.atRest || elapsed > TURNS_AT_REST);
        account.records = 0;
    }

    /** Ends a turn. */
    void endTurn() {
        Account account = accounts.get();
        long now = clock.getAsLong();
        long taken = now - account.turnStart;
        account.left -= taken;
        account.saved -= Math.min(MAX_SAVED, taken); // a longer turn was a pause of the machine
        account.settledAt = now;
    }

    /** Removes a task that no longer waits for a turn. */
    void leave(Object task) {
        accounts.get().waiting.remove(task);
    }
}
