package io.lstmstreams.demo;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;

/**
 * The events of many blocks in one stream, as a cluster logs them: any of the sessions that are going on has the next
 * event, each session's own events stay in order and are followed by its end, and then another session begins. The same
 * seed gives the same stream.
 *
 * <p>Not thread-safe.
 */
final class BlockEvents implements Iterator<BlockEvent> {

    static final int DEFAULT_LIVE_SESSIONS = 500;
    static final double DEFAULT_FAULT_RATE = 0.03;

    private final SplittableRandom order;
    private final BlockSessions sessions;
    private final int liveSessions;
    private long sessionsToBegin;

    /** The event that comes next, of each session that is going on. */
    private final List<BlockEvent> upcoming = new ArrayList<>();

    /**
     * @param seed decides everything that follows
     * @param liveSessions how many sessions go on at the same time
     * @param faultRate the part of the sessions that is damaged, 0 to 1
     * @param sessions how many there are in all; {@code Long.MAX_VALUE} for a stream without end
     */
    BlockEvents(long seed, int liveSessions, double faultRate, long sessions) {
        if (liveSessions < 1) {
            throw new IllegalArgumentException("at least one session must be live, not " + liveSessions);
        }
        this.order = new SplittableRandom(seed);
        this.sessions = new BlockSessions(order.split(), faultRate);
        this.liveSessions = liveSessions;
        this.sessionsToBegin = sessions;
    }

    /** A stream without end, with the default number of live sessions and the default fault rate. */
    static BlockEvents endless(long seed) {
        return new BlockEvents(seed, DEFAULT_LIVE_SESSIONS, DEFAULT_FAULT_RATE, Long.MAX_VALUE);
    }

    @Override
    public boolean hasNext() {
        return !upcoming.isEmpty() || sessionsToBegin > 0;
    }

    @Override
    public BlockEvent next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        while (upcoming.size() < liveSessions && sessionsToBegin > 0) {
            upcoming.add(new BlockEvent(sessions.get(), 0));
            sessionsToBegin--;
        }
        int chosen = order.nextInt(upcoming.size());
        BlockEvent event = upcoming.get(chosen);
        if (event.isEnd()) {
            // Which place a session has in the list doesn't matter: the last one fills the gap.
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
