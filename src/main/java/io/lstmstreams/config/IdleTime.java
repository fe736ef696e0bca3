package io.lstmstreams.config;

/** What time a sequence's idleness is measured in. */
public enum IdleTime {
    /** That of the records' timestamps, which goes on with the clock while none come. */
    EVENT,
    /** That of the clock of the instance: how long ago the last event was stepped. */
    WALL_CLOCK
}
