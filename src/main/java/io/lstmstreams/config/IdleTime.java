package io.lstmstreams.config;

import org.apiguardian.api.API;

/** The time in which the idle timeout of a sequence is measured. */
@API(status = API.Status.STABLE)
public enum IdleTime {
    /** Event time, which advances with the wall clock while no records arrive. */
    EVENT,
    /** Wall-clock time of the instance since the last event was processed. */
    WALL_CLOCK
}
