package io.lstmstreams.config;

/** The policy for a step that makes the state of its sequence NaN or infinite. */
public enum NotFiniteStates {
    /** The record goes to the dead letters, and the state stays as it was before. */
    DEAD_LETTER,
    /** The state is stored as it is: every later result of the sequence says that its numbers are not finite. */
    KEEP,
    /** The application stops, with everything as it is. */
    FAIL
}
