package io.lstmstreams.config;

/** What becomes of an event with an earlier timestamp than one that its sequence has had already. */
public enum LateEvents {
    /** It is stepped when it comes, as any other. */
    PROCESS,
    /** It is left out, as if it had not happened. */
    DROP,
    /** It goes to the dead letters. */
    DEAD_LETTER
}
