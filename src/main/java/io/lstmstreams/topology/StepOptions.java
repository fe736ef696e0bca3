package io.lstmstreams.topology;

import io.lstmstreams.config.IdleTime;
import io.lstmstreams.config.LateEvents;
import io.lstmstreams.config.ModelChange;
import io.lstmstreams.config.NotFiniteStates;
import io.lstmstreams.config.UnknownEvents;
import io.lstmstreams.config.UnreadableStates;
import io.lstmstreams.output.Include;
import io.lstmstreams.recurrent.SequenceState;
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
 * @param unreadableStates what happens where a stored state is damaged
 * @param notFiniteStates what happens where a step makes a state NaN or infinite
 * @param knowsRepeated whether events have ids by which one that comes twice is recognised
 * @param modelsStoreName the name of the store in which a task keeps which models it has changed to; null if it never does
 * @param modelName the name of the model for events that choose none
 * @param modelChange what becomes of live sequences when another model takes over
 * @param idleTimeout a sequence without events for so long has ended; zero for never
 * @param idleTime what that is measured in
 * @param maxSteps a sequence ends after so many events; zero for no limit
 */
record StepOptions(
        String storeName,
        int topK,
        Set<Include> include,
        UnknownEvents unknownEvents,
        LateEvents lateEvents,
        UnreadableStates unreadableStates,
        NotFiniteStates notFiniteStates,
        boolean knowsRepeated,
        String modelsStoreName,
        String modelName,
        ModelChange modelChange,
        Duration idleTimeout,
        IdleTime idleTime,
        long maxSteps) {
    /** Whether sequences, or what is left of them, go by themselves. */
    boolean hasIdle() {
        return !idleTimeout.isZero() || knowsRepeated;
    }

    /** Whether an event comes too late for its sequence. */
    boolean isLate(long timestamp, SequenceState state) {
        return lateEvents != LateEvents.PROCESS
                && state.steps() > 0
                && timestamp >= 0
                && timestamp < state.lastEventTime();
    }
}
