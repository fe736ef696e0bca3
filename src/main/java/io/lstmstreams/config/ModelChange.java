package io.lstmstreams.config;

import org.apiguardian.api.API;

/** The policy for a live sequence when another model becomes active. */
@API(status = API.Status.STABLE)
public enum ModelChange {
    /** The sequence stays with its model to its end. */
    FINISH_OLD,
    /** The sequence restarts with its next event. */
    RESTART,
    /** The new model continues with the sequence's state if the shape is the same; otherwise the sequence restarts. */
    CARRY
}
