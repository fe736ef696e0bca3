package io.lstmstreams.topology;

import io.lstmstreams.config.LateEvents;
import io.lstmstreams.config.UnknownEvents;
import io.lstmstreams.output.Include;
import java.time.Duration;
import java.util.Set;

/**
 * How a processor steps and what its results hold.
 *
 * @param storeName the state store's name, unique in a topology
 * @param topK how many next events a result names
 * @param include what else a result holds
 * @param unknownEvents what becomes of events that the model does not know
 * @param lateEvents what becomes of events that are older than the last one of their sequence
 * @param idleTimeout a sequence without events for so long has ended; zero for never
 * @param maxSteps a sequence ends after so many events; zero for no limit
 */
record StepOptions(
        String storeName,
        int topK,
        Set<Include> include,
        UnknownEvents unknownEvents,
        LateEvents lateEvents,
        Duration idleTimeout,
        long maxSteps) {}
