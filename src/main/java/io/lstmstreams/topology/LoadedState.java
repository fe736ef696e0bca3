package io.lstmstreams.topology;

import io.lstmstreams.recurrent.SequenceState;

/**
 * The state of a sequence, loaded for the model that advances it.
 *
 * @param model the model that makes the next step
 * @param state the state before that step; zero for a sequence that starts
 * @param discarded whether the sequence had a state that no model can go on with
 */
record LoadedState(TaskModel model, SequenceState state, boolean discarded) {}
