package io.lstmstreams.topology;

import io.lstmstreams.config.IdleTime;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.state.StateCodec;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The states of one task: the stored bytes of every sequence, and the decoded states of busy ones. Every change of
 * the store is made here, so that the idle scan learns of it. Belongs to a task.
 */
final class SequenceStates {
    private final ProcessorContext<?, ?> context;
    private final KeyValueStore<Bytes, byte[]> store;
    private final BusyStates busyStates;
    private final IdleScan idle;
    private final StepOptions options;

    SequenceStates(
            ProcessorContext<?, ?> context,
            KeyValueStore<Bytes, byte[]> store,
            BusyStates busyStates,
            IdleScan idle,
            StepOptions options) {
        this.context = context;
        this.store = store;
        this.busyStates = busyStates;
        this.idle = idle;
        this.options = options;
    }

    /** Returns the stored bytes of a sequence; null if it has none. */
    byte @Nullable [] get(Bytes key) {
        return store.get(key);
    }

    /** Encodes the state after a step. Of a sequence that has ended, the event ids remain. */
    void encode(Step step) {
        SequenceState state = step.state();
        StateCodec codec = step.model().codec();
        boolean hasIds = state.recentEvents().size() > 0;
        if (!step.isLive()) {
            if (hasIds) {
                state.processedAt(context.currentSystemTimeMs());
                step.storedAfter = codec.encodeEnded(state);
            }
            return;
        }
        if (options.idleTime() == IdleTime.WALL_CLOCK) {
            state.processedAt(context.currentSystemTimeMs());
        }
        if (step.prediction != null || hasIds) {
            step.storedAfter = codec.encode(state);
        }
    }

    /** Stores the state after a step, or deletes the state of a sequence that has ended. */
    void store(Step step) {
        byte[] before = step.storedBefore();
        byte[] after = step.storedAfter;
        if (after != null) {
            store.put(step.key, after);
        } else if (!step.isLive() && before != null) {
            store.delete(step.key);
        }
        if (after != null || !step.isLive()) {
            idle.changed(step.key, before, after);
        }
        byte[] stored = after == null ? before : after;
        if (step.isLive() && stored != null) {
            busyStates.put(step.key, stored, step.model(), step.state());
        } else {
            release(step.loaded);
        }
    }

    /** Takes back the loaded state of a record that changes nothing. */
    void putBack(Bytes key, LoadedState loaded) {
        byte[] stored = loaded.stored();
        if (stored != null && loaded.state().steps() > 0 && !loaded.discarded()) {
            busyStates.put(key, stored, loaded.model(), loaded.state());
        }
    }

    /** Releases a decoded state. The sequence's next record decodes the stored bytes. */
    void release(LoadedState loaded) {
        loaded.model().release(loaded.state());
    }

    /** Deletes the stored bytes of a sequence; returns them, or null if it had none. */
    byte @Nullable [] delete(Bytes key) {
        byte[] stored = store.delete(key);
        idle.changed(key, stored, null);
        return stored;
    }

    /** Removes all decoded states. */
    void close() {
        busyStates.clear();
    }
}
