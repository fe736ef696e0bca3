package io.lstmstreams.config;

/** What happens where a stored state is damaged, or of a later version. */
public enum UnreadableStates {
    /** The record goes to the dead letters together with the state's bytes, and the sequence begins anew with its next one. */
    RESTART,
    /** The application stops, with everything as it is. */
    FAIL
}
