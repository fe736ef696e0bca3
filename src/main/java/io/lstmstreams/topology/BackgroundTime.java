package io.lstmstreams.topology;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The time that a stream thread may spend on work that can wait, such as the idle scan. Records come first: as long as the thread
 * is busy with records, the work gets a twentieth of the thread's time, and up to a half as the thread has fewer records. Tasks of one thread
 * take turns. One object serves all threads of an application; each thread sees its own account only.
 *
 * <p>Times are nanoseconds of {@link System#nanoTime}: Kafka's own clock stands still within a punctuation.
 */
final class BackgroundTime {
    /**
     * The longest time that records wait for the turns of all tasks, one after the other, but for the least that is done in any
     * turn.
     */
    static final long TURN = 4_000_000;

    /** The same for a thread that has had no record since the turns before. */
    static final long TURN_AT_REST = 20_000_000;

    private static final long LEAST_TURN = TURN / 4; // so that the least that is done in a turn is not done too often

    /** A turn's answer to a task that has to wait. */
    static final long WAIT = Long.MIN_VALUE;

    private static final long SAVED = 2 * TURN; // the most that a thread saves up, and the most that a turn costs
    private static final long SAVED_AT_START = 1_000_000_000; // for the first visit to all states
    private static final double LEAST_SHARE = 0.05;
    private static final double MOST_SHARE = 0.5;
    private static final double SHARE_FOR_RECORDS =
            1.5; // of the time that records take, this much is taken from the most
    private static final int TIMED =
            17; // of so many records one is timed; prime, so that no batch size hides the long ones
    private static final double SMOOTHING = 0.125;
    private static final long ABSENT =
            1_000_000_000; // a task that has not asked for so long does not hold up the others

    private final LongSupplier clock;
    private final ThreadLocal<Account> accounts;

    /** The time that one thread has to give. */
    private static final class Account {
        private final Map<Object, Long> waiting =
                new LinkedHashMap<>(); // tasks and when they last asked, the longest wait first
        private long saved = SAVED_AT_START;
        private long settledAt;
        private int records; // since then
        private boolean atRest;
        private double recordTime; // on average
        private long turnBegan;
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

    /** Counts a record; returns its start if it is one that is timed, or else 0. */
    long beginRecord() {
        return ++accounts.get().records % TIMED == 0 ? clock.getAsLong() : 0;
    }

    /** Ends a record. @param begun what {@link #beginRecord} has returned */
    void endRecord(long begun) {
        if (begun != 0) {
            Account account = accounts.get();
            account.recordTime += SMOOTHING * (clock.getAsLong() - begun - account.recordTime);
        }
    }

    /** The time now, to compare with the end of a turn. */
    long now() {
        return clock.getAsLong();
    }

    /**
     * Asks for a turn.
     *
     * @param task that asks; it asks again some time later if it has to wait, or calls {@link #leave}
     * @param wallClock Kafka's time, which stands still while it calls one task after the other
     * @return when the turn ends, or {@link #WAIT}
     */
    long beginTurn(Object task, long wallClock) {
        long now = clock.getAsLong();
        Account account = accounts.get();
        settle(account, now);
        if (account.pass != wallClock) {
            account.pass = wallClock;
            account.left = account.atRest ? TURN_AT_REST : TURN;
        }
        account.waiting.put(task, now);
        account.waiting.values().removeIf(asked -> now - asked > ABSENT);
        if (Math.min(account.saved, account.left) < LEAST_TURN
                || account.waiting.keySet().iterator().next() != task) {
            return WAIT;
        }
        account.waiting.remove(task);
        account.turnBegan = now;
        return now + (account.atRest ? account.left : Math.min(account.left, account.saved));
    }

    private static void settle(Account account, long now) {
        long elapsed = Math.max(1, now - account.settledAt);
        double busy = account.records * account.recordTime / elapsed;
        double share = Math.max(LEAST_SHARE, MOST_SHARE - SHARE_FOR_RECORDS * busy);
        account.saved = Math.max(account.saved, Math.min(SAVED, account.saved + (long) Math.ceil(share * elapsed)));
        account.settledAt = now;
        account.atRest = account.records == 0 && (account.atRest || elapsed > TURN_AT_REST);
        account.records = 0;
    }

    /** Ends a turn. */
    void endTurn() {
        Account account = accounts.get();
        long now = clock.getAsLong();
        long taken = now - account.turnBegan;
        account.left -= taken;
        account.saved -= Math.min(SAVED, taken); // what took longer was a pause of the machine's
        account.settledAt = now;
    }

    /** Takes a task out that no longer waits. */
    void leave(Object task) {
        accounts.get().waiting.remove(task);
    }
}
