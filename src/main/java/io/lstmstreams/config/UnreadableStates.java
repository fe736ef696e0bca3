package io.lstmstreams.config;

import org.apiguardian.api.API;

/** The policy for a stored state that is damaged or of a later version. */
@API(status = API.Status.STABLE)
public enum UnreadableStates {
    /** Sends the record and the state's bytes to the dead-letter topic; the sequence restarts with its next record. */
    RESTART,
    /** Stops the application and changes nothing. */
    FAIL
}
