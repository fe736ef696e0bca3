package io.lstmstreams.demo;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;

/**
 * The events of many blocks in one stream, as a cluster logs them. The next event is that of a random live session. A
 * session's events are in order and followed by its end, after which another session starts. The same seed gives the
 * same stream.
 *
 * <p>Not thread-safe.
 */
final class BlockEvents implements Iterator<BlockEvent> {

    static final int DEFAULT_LIVE_SESSIONS = 500;
    static final double DEFAULT_FAULT_RATE = 0.03;

    private final SplittableRandom order;
    private final BlockSessions sessions;
    private final int liveSessions;
    private long sessionsLeft;

    /** The next event of each live session. */
    private final List<BlockEvent> upcoming = new ArrayList<>();

    /**
     * @param seed the seed of all random choices
     * @param liveSessions the number of live sessions at a time
     * @param faultRate the share of faulty sessions, 0 to 1
     * @param sessions the total number of sessions; {@code Long.MAX_VALUE} for an endless stream
     */
    BlockEvents(long seed, int liveSessions, double faultRate, long sessions) {
        if (liveSessions < 1) {
            throw new IllegalArgumentException("at least one session must be live, not " + liveSessions);
        }
        this.order = new SplittableRandom(seed);
        this.sessions = new BlockSessions(order.split(), faultRate);
        this.liveSessions = liveSessions;
        this.sessionsLeft = sessions;
    }

    /** Creates an endless stream with the default number of live sessions and the default fault rate. */
    static BlockEvents endless(long seed) {
        return new BlockEvents(seed, DEFAULT_LIVE_SESSIONS, DEFAULT_FAULT_RATE, Long.MAX_VALUE);
    }

    @Override
    public boolean hasNext() {
        return !upcoming.isEmpty() || sessionsLeft > 0;
    }

    @Override
    public BlockEvent next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        while (upcoming.size() < liveSessions && sessionsLeft > 0) {
            upcoming.add(new BlockEvent(sessions.get(), 0));
            sessionsLeft--;
        }
        int chosen = order.nextInt(upcoming.size());
        BlockEvent event = upcoming.get(chosen);
        if (event.isEnd()) {
            // The order of sessions in the list does not matter, so the last session fills the gap.
            BlockEvent last = upcoming.remove(upcoming.size() - 1);
            if (chosen < upcoming.size()) {
                upcoming.set(chosen, last);
            }
        } else {
            upcoming.set(chosen, new BlockEvent(event.session(), event.index() + 1));
        }
        return event;
    }
}
