package io.lstmstreams.demo;

import org.jspecify.annotations.Nullable;

/**
 * An event of a session, or the session's end.
 *
 * @param session the session of the event
 * @param index the event's index in the session, from 0; the number of events denotes the end
 */
record BlockEvent(BlockSession session, int index) {

    /** Returns the session's id, which is the key of its records. */
    String sequence() {
        return session.id();
    }

    boolean isEnd() {
        return index == session.events().size();
    }

    /** Returns the event's name; null for the end. */
    @Nullable
    String event() {
        return isEnd() ? null : session.events().get(index);
    }
}
