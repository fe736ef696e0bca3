package io.lstmstreams.config;

import org.apiguardian.api.API;

/** The policy for an event that is not in the model's vocabulary. */
@API(status = API.Status.STABLE)
public enum UnknownEvents {
    /** Sends it to the dead-letter topic. */
    DEAD_LETTER,
    /** Leaves it out. */
    SKIP,
    /** Processes it as the vocabulary's unknown symbol. */
    UNKNOWN_SYMBOL,
    /** Stops the application. */
    FAIL
}
