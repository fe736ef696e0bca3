package io.lstmstreams.config;

import org.apiguardian.api.API;

/** The policy for a step that makes the state of its sequence NaN or infinite. */
@API(status = API.Status.STABLE)
public enum NotFiniteStates {
    /** Sends the record to the dead-letter topic and leaves the state unchanged. */
    DEAD_LETTER,
    /** Stores the state. Every later result of the sequence states that its numbers are not finite. */
    KEEP,
    /** Stops the application and changes nothing. */
    FAIL
}
