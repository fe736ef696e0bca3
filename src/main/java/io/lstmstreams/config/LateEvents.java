package io.lstmstreams.config;

import org.apiguardian.api.API;

/** The policy for an event whose timestamp is earlier than the latest one of its sequence. */
@API(status = API.Status.STABLE)
public enum LateEvents {
    /** Processes it in order of arrival. */
    PROCESS,
    /** Leaves it out. */
    DROP,
    /** Sends it to the dead-letter topic. */
    DEAD_LETTER
}
