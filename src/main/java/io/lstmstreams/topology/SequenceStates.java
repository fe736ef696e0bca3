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
 * From a sequence's stored bytes to its state as numbers, and to the model that goes on with it: that of the state, or, as
 * {@code lstm.model.change} says, the one that has become active since. Belongs to a processor.
 */
final class SequenceStates {
    private final TaskModels models;
    private final BusyStates busyStates;
    private final ModelChange change;

    /**
     * A state, for a model to go on with.
     *
     * @param model that does
     * @param state before the record; all zeros for a sequence that begins
     * @param discarded whether the sequence had another state, which no model goes on with
     */
    record Opened(TaskModel model, SequenceState state, boolean discarded) {}

    SequenceStates(TaskModels models, BusyStates busyStates, ModelChange change) {
        this.models = models;
        this.busyStates = busyStates;
        this.change = change;
    }

    /**
     * The state that a record meets.
     *
     * @param stored the bytes of its sequence; null if there are none
     * @throws BadEventException if the record chooses a model that there is none of, or another one than its sequence has
     * @throws UnreadableStateException if the bytes are damaged or of a later version
     */
    Opened open(Bytes key, byte[] stored, Arrival arrival) {
        if (stored == null || arrival.start() || StateCodec.isEnded(stored)) {
            return begin(stored, arrival);
        }
        Busy busy = busyStates.take(key, stored);
        TaskModel owner = busy == null ? models.ownerOf(stored) : busy.model();
        String name = arrival.model();
        if (name == null && owner != null) {
            name = models.nameOf(owner);
        } else if (owner != null && !models.isUnder(name, owner)) {
            throw new BadEventException("the record chooses another model than its sequence has, which has not ended");
        }
        TaskModel active = models.active(name);
        boolean stays = owner == active
                || owner != null && (change == ModelChange.FINISH_OLD || restarts() && arrival.event() == null);
        if (stays) {
            return new Opened(owner, busy == null ? decode(stored, owner) : busy.state(), false);
        }
        return change == ModelChange.CARRY ? carry(stored, active) : new Opened(active, active.blank(), true);
    }

    private boolean restarts() {
        return change == ModelChange.RESTART;
    }

    /** A sequence without a state, or one that forgets it: all that remains are the ids of its last events. */
    private Opened begin(byte[] stored, Arrival arrival) {
        TaskModel active = models.active(arrival.model());
        SequenceState state = active.blank();
        if (stored != null) {
            readEvents(stored, state, arrival.start());
        }
        return new Opened(active, state, false);
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

    private static Opened carry(byte[] stored, TaskModel to) {
        SequenceState state = to.blank();
        try {
            to.codec().carry(stored, state);
            return new Opened(to, state, false);
        } catch (UnreadableStateException e) {
            if (e.reason() != Reason.OTHER_MODEL) {
                throw e;
            }
            return new Opened(to, state, true);
        }
    }

    /**
     * The state of a sequence that ends by itself, with the model that it has.
     *
     * @return null if that is to be had nowhere
     * @throws UnreadableStateException if the bytes are damaged or of a later version
     */
    Opened last(Bytes key, byte[] stored) {
        Busy busy = busyStates.take(key, stored);
        if (busy != null) {
            return new Opened(busy.model(), busy.state(), false);
        }
        TaskModel owner = models.ownerOf(stored);
        return owner == null ? null : new Opened(owner, decode(stored, owner), false);
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
