package io.lstmstreams.topology;

import io.lstmstreams.config.LateEvents;
import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.config.UnreadableStates;
import io.lstmstreams.event.BadEventException;
import io.lstmstreams.metrics.StreamMetrics.Reason;
import io.lstmstreams.state.UnreadableStateException;
import io.lstmstreams.topology.RecordReader.Encoded;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Reads a record into a step: its event, encoded, and the state of its sequence. Belongs to a task.
 *
 * @param <K> the key's type, which is the sequence's id
 * @param <V> the value's type
 */
final class StepReader<K, V> {
    private final RecordReader<V> reader;
    private final SequenceStates states;
    private final KeyValueStore<Bytes, byte[]> store;
    private final IdleScan idle;
    private final StepOptions options;
    private final StepCounts counts;

    StepReader(
            RecordReader<V> reader,
            SequenceStates states,
            KeyValueStore<Bytes, byte[]> store,
            IdleScan idle,
            StepOptions options,
            StepCounts counts) {
        this.reader = reader;
        this.states = states;
        this.store = store;
        this.idle = idle;
        this.options = options;
        this.counts = counts;
    }

    /**
     * Reads a record and loads the state that it meets.
     *
     * @param key null for a record without a sequence id
     * @return null for a repeated record
     * @throws BadEventException if the record cannot be processed
     */
    Step read(Record<K, V> record, Bytes key) {
        Reason reason = key == null ? Reason.NO_SEQUENCE : Reason.MALFORMED; // of a refusal at this point
        try {
            SequenceEvent event = reader.read(record, key == null ? null : key.get());
            byte[] stored = store.get(key);
            reason = Reason.MODEL_CHOICE;
            LoadedState loaded = states.load(key, stored, event);
            if (isRepeated(event, loaded)) {
                counts.repeated();
                putBack(key, stored, loaded);
                return null;
            }
            reason = Reason.MALFORMED;
            Step step = step(record, key, stored, event, loaded);
            reason = Reason.LATE;
            Step inTime = isLate(step) ? withoutLateEvent(step) : step;
            remember(event, inTime);
            return inTime;
        } catch (UnreadableStateException e) {
            throw unreadable(key, e);
        } catch (BadEventException e) {
            counts.refused(e, reason);
            throw e;
        }
    }

    /**
     * Reads a record ahead of its turn. An error in the record or its state throws here, and is handled when the record's turn comes.
     *
     * @return null for a record that is more than a step of this model
     */
    Step readAhead(Record<K, V> record, byte[] id, TaskModel model) {
        SequenceEvent event = reader.read(record, id);
        if (event.event() == null) {
            return null;
        }
        Bytes key = Bytes.wrap(id);
        byte[] stored = store.get(key);
        LoadedState loaded = states.load(key, stored, event);
        if (loaded.model() != model || isRepeated(event, loaded)) {
            putBack(key, stored, loaded);
            return null;
        }
        Step ahead = step(record, key, stored, event, loaded);
        if (ahead.input == null || isLate(ahead)) {
            putBack(key, stored, loaded);
            return null;
        }
        remember(event, ahead);
        return ahead;
    }

    private Step step(Record<K, V> record, Bytes key, byte[] stored, SequenceEvent event, LoadedState loaded) {
        if (event.event() == null) {
            return new Step(key, record.timestamp(), null, event.end(), false, stored, loaded);
        }
        Encoded encoded = reader.encode(event.event(), loaded.model().encoder());
        return new Step(key, record.timestamp(), encoded.input(), event.end(), encoded.isUnknown(), stored, loaded);
    }

    /** Returns whether the sequence has had an event with the same event id. */
    static boolean isRepeated(SequenceEvent event, LoadedState loaded) {
        return event.hasId() && loaded.state().recentEvents().contains(event.id());
    }

    private static void remember(SequenceEvent event, Step step) {
        if (event.hasId()) {
            step.state().recentEvents().add(event.id());
        }
    }

    private boolean isLate(Step step) {
        return step.input != null && options.isLate(step.timestamp, step.state());
    }

    /** Drops a late event, or refuses its record. */
    private Step withoutLateEvent(Step late) {
        counts.late();
        if (options.lateEvents() == LateEvents.DROP) {
            return late.withoutInput();
        }
        putBack(late.key, late.storedBefore, late.loaded);
        long by = late.state().lastEventTime() - late.timestamp;
        throw new BadEventException("the event is " + by + " ms older than the last one of its sequence");
    }

    /** Returns the state of a record that changes nothing to the decoded states. */
    private void putBack(Bytes key, byte[] stored, LoadedState loaded) {
        if (stored != null && loaded.state().steps() > 0 && !loaded.discarded()) {
            states.keep(key, stored, loaded.model(), loaded.state());
        }
    }

    /**
     * Checks that the state after a step is finite. Only the next record of the sequence would notice otherwise.
     *
     * @throws BadEventException if the record becomes a dead letter; the stored state then stays, or is deleted if it is not finite
     *     either
     */
    void checkFinite(Step step) {
        if (step.prediction == null || step.state().isFinite()) {
            return;
        }
        counts.notFinite();
        switch (options.notFiniteStates()) {
            case KEEP -> {}
            case FAIL ->
                throw new StreamsException(BadEventException.makesStateNotFinite()
                                .getMessage() + ", and " + LstmStreamsConfig.STATE_NOT_FINITE_CONFIG + "=fail");
            case DEAD_LETTER -> {
                if (step.storedBefore != null && !SequenceStates.isFinite(step.storedBefore, step.model())) {
                    throw unreadable(step.key, "the stored state of the sequence is NaN or infinite");
                }
                BadEventException refusal = BadEventException.makesStateNotFinite();
                counts.refused(refusal, Reason.NOT_FINITE);
                throw refusal;
            }
        }
    }

    /** Handles a damaged stored state as configured, and returns the exception to throw. */
    RuntimeException unreadable(Bytes key, UnreadableStateException e) {
        return unreadable(key, e.getMessage());
    }

    private RuntimeException unreadable(Bytes key, String reason) {
        counts.unreadable();
        if (options.unreadableStates() == UnreadableStates.FAIL) {
            return new StreamsException(reason + ", and " + LstmStreamsConfig.STATE_UNREADABLE_CONFIG + "=fail");
        }
        byte[] stored = store.delete(key);
        idle.changed(key, stored, null);
        counts.refusedWithState();
        return new DamagedStateException(reason, key.get(), stored);
    }
}
