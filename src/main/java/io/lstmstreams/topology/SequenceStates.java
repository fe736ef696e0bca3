package io.lstmstreams.topology;

import io.lstmstreams.config.ModelChange;
import io.lstmstreams.event.BadEventException;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.state.StateCodec;
import io.lstmstreams.state.UnreadableStateException;
import io.lstmstreams.state.UnreadableStateException.Reason;
import io.lstmstreams.topology.BusyStates.Busy;
import org.apache.kafka.common.utils.Bytes;

/**
 * Loads states: from stored bytes to numbers and to the model that advances them. That is the model of the state or, as {@code
 * lstm.model.change} says, the model that has become active since. Belongs to a processor.
 */
final class SequenceStates {
    private final TaskModels models;
    private final BusyStates busyStates;
    private final ModelChange change;

    SequenceStates(TaskModels models, BusyStates busyStates, ModelChange change) {
        this.models = models;
        this.busyStates = busyStates;
        this.change = change;
    }

    /**
     * Loads the state that a record meets.
     *
     * @param stored the stored bytes of the sequence, or null
     * @throws BadEventException if the record chooses a model that does not exist, or another model than its sequence has
     * @throws UnreadableStateException if the bytes are damaged or of a later version
     */
    LoadedState load(Bytes key, byte[] stored, SequenceEvent event) {
        if (stored == null || event.start() || StateCodec.isEnded(stored)) {
            return begin(stored, event);
        }
        Busy busy = busyStates.take(key, stored);
        TaskModel owner = busy == null ? models.ownerOf(stored) : busy.model();
        String name = event.model();
        if (name == null && owner != null) {
            name = models.nameOf(owner);
        } else if (owner != null && !models.isUnder(name, owner)) {
            throw new BadEventException("the record chooses another model than its sequence has, which has not ended");
        }
        TaskModel active = models.active(name);
        boolean stays = owner == active
                || owner != null && (change == ModelChange.FINISH_OLD || restarts() && event.event() == null);
        if (stays) {
            return new LoadedState(owner, busy == null ? decode(stored, owner) : busy.state(), false);
        }
        return change == ModelChange.CARRY ? carry(stored, active) : new LoadedState(active, active.blank(), true);
    }

    private boolean restarts() {
        return change == ModelChange.RESTART;
    }

    /** Starts a sequence with a zero state. The ids of its last events remain. */
    private LoadedState begin(byte[] stored, SequenceEvent event) {
        TaskModel active = models.active(event.model());
        SequenceState state = active.blank();
        if (stored != null) {
            readEvents(stored, state, event.start());
        }
        return new LoadedState(active, state, false);
    }

    private static void readEvents(byte[] stored, SequenceState state, boolean start) {
        try {
            StateCodec.readEvents(stored, state.recentEvents());
        } catch (UnreadableStateException e) {
            if (!start) { // which forgets what was before, be it damaged or not
                throw e;
            }
        }
    }

    private static SequenceState decode(byte[] stored, TaskModel model) {
        SequenceState state = model.blank();
        model.codec().decode(stored, state);
        return state;
    }

    private static LoadedState carry(byte[] stored, TaskModel to) {
        SequenceState state = to.blank();
        try {
            to.codec().carry(stored, state);
            return new LoadedState(to, state, false);
        } catch (UnreadableStateException e) {
            if (e.reason() != Reason.OTHER_MODEL) {
                throw e;
            }
            return new LoadedState(to, state, true);
        }
    }

    /**
     * Loads the state of an idle sequence, with the model that the state belongs to.
     *
     * @return null if that model is not available
     * @throws UnreadableStateException if the bytes are damaged or of a later version
     */
    LoadedState loadIdle(Bytes key, byte[] stored) {
        Busy busy = busyStates.take(key, stored);
        if (busy != null) {
            return new LoadedState(busy.model(), busy.state(), false);
        }
        TaskModel owner = models.ownerOf(stored);
        return owner == null ? null : new LoadedState(owner, decode(stored, owner), false);
    }

    /** Returns whether the numbers of a stored state are finite; of one that another model has to read, nothing is known, and it passes. */
    static boolean isFinite(byte[] stored, TaskModel model) {
        try {
            return decode(stored, model).isFinite();
        } catch (UnreadableStateException e) {
            return true;
        }
    }

    /** Keeps a state as numbers, beside the bytes that were stored for it. */
    void keep(Bytes key, byte[] stored, TaskModel model, SequenceState state) {
        busyStates.keep(key, stored, model, state);
    }

    void clear() {
        busyStates.clear();
    }
}
