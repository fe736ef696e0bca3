package io.lstmstreams.config;

/** The policy for an event whose timestamp is earlier than the latest one of its sequence. */
public enum LateEvents {
    /** Processes it in order of arrival. */
    PROCESS,
    /** Leaves it out. */
    DROP,
    /** Sends it to the dead-letter topic. */
    DEAD_LETTER
}
