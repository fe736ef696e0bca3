package io.lstmstreams.topology;

import io.lstmstreams.recurrent.SequenceState;
import org.jspecify.annotations.Nullable;

/**
 * The state of a sequence, loaded for the model that advances it.
 *
 * @param stored the bytes that the store has for the sequence; null if it has none
 * @param model the model that computes the next step
 * @param state the state before that step; zero for a sequence that starts
 * @param discarded true if the sequence restarts because no model can continue with its stored state
 */
@SuppressWarnings("ArrayRecordComponent") // compared by identity
record LoadedState(byte @Nullable [] stored, TaskModel model, SequenceState state, boolean discarded) {}
