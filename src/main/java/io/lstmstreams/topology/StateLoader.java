package io.lstmstreams.topology;

import io.lstmstreams.config.ModelChange;
import io.lstmstreams.event.BadEventException;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.state.StateCodec;
import io.lstmstreams.state.UnreadableStateException;
import io.lstmstreams.state.UnreadableStateException.Reason;
import io.lstmstreams.topology.BusyStates.Busy;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * Loads states: decodes the stored bytes and finds the model that advances the sequence. That model is the one that the
 * state belongs to or, as {@code lstm.model.change} says, the active one. Belongs to a task.
 */
final class StateLoader {
    private final TaskModels models;
    private final BusyStates busyStates;
    private final ModelChange change;

    StateLoader(TaskModels models, BusyStates busyStates, ModelChange change) {
        this.models = models;
        this.busyStates = busyStates;
        this.change = change;
    }

    /**
     * Loads the state that a record meets.
     *
     * @param stored the stored bytes of the sequence; null if the store has none
     * @throws BadEventException if the record chooses a model that does not exist, or another model than its sequence
     *     has
     * @throws UnreadableStateException if the bytes are damaged or of a later version
     */
    LoadedState load(Bytes key, byte @Nullable [] stored, SequenceEvent event) {
        if (stored == null || event.start() || StateCodec.isEnded(stored)) {
            return start(stored, event);
        }
        Busy busy = busyStates.take(key, stored);
        TaskModel owner = busy == null ? models.ownerOf(stored) : busy.model();
        String name = event.model();
        if (name == null && owner != null) {
            name = models.nameOf(owner);
        } else if (name != null && owner != null && !models.isUnder(name, owner)) {
            throw new BadEventException("the record chooses another model than its sequence has, which has not ended");
        }
        TaskModel active = models.active(name);
        if (owner != null && (owner == active || keepsOwner(event))) {
            SequenceState state = busy == null ? decode(stored, owner) : busy.state();
            return new LoadedState(stored, owner, state, false);
        }
        return change == ModelChange.CARRY
                ? carry(stored, active)
                : new LoadedState(stored, active, active.zeroState(), true);
    }

    /**
     * Returns whether a sequence stays with a model that is no longer active. A record without an event restarts
     * nothing.
     */
    private boolean keepsOwner(SequenceEvent event) {
        return change == ModelChange.FINISH_OLD || change == ModelChange.RESTART && event.event() == null;
    }

    /** Starts a sequence with a zero state and the event ids that are stored for it. */
    private LoadedState start(byte @Nullable [] stored, SequenceEvent event) {
        TaskModel active = models.active(event.model());
        SequenceState state = active.zeroState();
        if (stored != null) {
            readEventIds(stored, state, event.start());
        }
        return new LoadedState(stored, active, state, false);
    }

    private static void readEventIds(byte[] stored, SequenceState state, boolean start) {
        try {
            StateCodec.readEvents(stored, state.recentEvents());
        } catch (UnreadableStateException e) {
            if (!start) { // a start record discards the state, damaged or not
                throw e;
            }
        }
    }

    private static SequenceState decode(byte[] stored, TaskModel model) {
        SequenceState state = model.zeroState();
        model.codec().decode(stored, state);
        return state;
    }

    private static LoadedState carry(byte[] stored, TaskModel to) {
        SequenceState state = to.zeroState();
        try {
            to.codec().carry(stored, state);
            return new LoadedState(stored, to, state, false);
        } catch (UnreadableStateException e) {
            if (e.reason() != Reason.OTHER_MODEL) {
                throw e;
            }
            return new LoadedState(stored, to, state, true);
        }
    }

    /**
     * Loads the state of an idle sequence, with the model that the state belongs to.
     *
     * @return null if that model is not available
     * @throws UnreadableStateException if the bytes are damaged or of a later version
     */
    @Nullable
    LoadedState loadIdle(Bytes key, byte[] stored) {
        Busy busy = busyStates.take(key, stored);
        if (busy != null) {
            return new LoadedState(stored, busy.model(), busy.state(), false);
        }
        TaskModel owner = models.ownerOf(stored);
        return owner == null ? null : new LoadedState(stored, owner, decode(stored, owner), false);
    }

    /**
     * Returns whether a stored state is finite. Returns true for the state of another model, which cannot be decoded
     * here.
     */
    static boolean isFinite(byte[] stored, TaskModel model) {
        try {
            return decode(stored, model).isFinite();
        } catch (UnreadableStateException e) {
            return true;
        }
    }
}
