package io.lstmstreams.demo;

/**
 * An event of a session, or the session's end.
 *
 * @param session the session of the event
 * @param index the index of the event in the session, from 0; the number of events stands for the end
 */
record BlockEvent(BlockSession session, int index) {

    /** Returns the session's id, which is the key of its records. */
    String sequence() {
        return session.id();
    }

    boolean isEnd() {
        return index == session.events().size();
    }

    /** Returns the event's name, or null for the end. */
    String event() {
        return isEnd() ? null : session.events().get(index);
    }
}
