package io.lstmstreams.demo;

/**
 * One event of a session, or, after the last of them, the session's end.
 *
 * @param session the session that it belongs to
 * @param index which event of the session, from 0; the number of its events stands for the end
 */
record BlockEvent(BlockSession session, int index) {

    /** The id of the session, the key of a record. */
    String sequence() {
        return session.id();
    }

    boolean isEnd() {
        return index == session.events().size();
    }

    /** The name of the event; null at the end, as in a record that ends a sequence. */
    String event() {
        return isEnd() ? null : session.events().get(index);
    }
}
