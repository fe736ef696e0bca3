package io.lstmstreams.topology;

import io.lstmstreams.config.LateEvents;
import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.config.UnreadableStates;
import io.lstmstreams.event.BadEventException;
import io.lstmstreams.metrics.StreamMetrics.Reason;
import io.lstmstreams.state.UnreadableStateException;
import io.lstmstreams.topology.SequenceStates.Opened;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * From a record to the step that it asks for: what it means, and the state of its sequence. Belongs to a task.
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
     * The record with the state that it meets; null if it is one that was there before.
     *
     * @param key null for a record without an id
     * @throws BadEventException if it cannot be stepped
     */
    Stepped read(Record<K, V> record, Bytes key) {
        Reason reason = key == null ? Reason.NO_SEQUENCE : Reason.MALFORMED; // of a refusal, as far as it has come
        try {
            Arrival arrival = reader.read(record, key == null ? null : key.get());
            byte[] stored = store.get(key);
            reason = Reason.MODEL_CHOICE;
            Opened opened = states.open(key, stored, arrival);
            if (isRepeated(arrival, opened)) {
                counts.repeated();
                keep(key, stored, opened);
                return null;
            }
            reason = Reason.MALFORMED;
            Stepped read = stepped(record, key, stored, arrival, opened);
            reason = Reason.LATE;
            Stepped inTime = isLate(read) ? withoutLateEvent(read) : read;
            remember(arrival, inTime);
            return inTime;
        } catch (UnreadableStateException e) {
            throw unreadable(key, e);
        } catch (BadEventException e) {
            counts.refused(e, reason);
            throw e;
        }
    }

    /**
     * A record of the future and its state; null for one that is more than a step of this model. What is wrong with it, or with
     * the state, throws here, and is dealt with when the record comes.
     */
    Stepped readAhead(Record<K, V> record, byte[] id, TaskModel model) {
        Arrival arrival = reader.read(record, id);
        if (arrival.event() == null) {
            return null;
        }
        Bytes key = Bytes.wrap(id);
        byte[] stored = store.get(key);
        Opened opened = states.open(key, stored, arrival);
        if (opened.model() != model || isRepeated(arrival, opened)) {
            keep(key, stored, opened);
            return null;
        }
        Stepped ahead = stepped(record, key, stored, arrival, opened);
        if (ahead.event.input() == null || isLate(ahead)) {
            keep(key, stored, opened);
            return null;
        }
        remember(arrival, ahead);
        return ahead;
    }

    private Stepped stepped(Record<K, V> record, Bytes key, byte[] stored, Arrival arrival, Opened opened) {
        SequenceEvent event = reader.encode(arrival, opened.model().encoder());
        return new Stepped(key, record.timestamp(), event, stored, opened);
    }

    /** Whether a record has been there before, by its id. */
    static boolean isRepeated(Arrival arrival, Opened opened) {
        return arrival.hasId() && opened.state().recentEvents().contains(arrival.id());
    }

    private static void remember(Arrival arrival, Stepped stepped) {
        if (arrival.hasId()) {
            stepped.state.recentEvents().add(arrival.id());
        }
    }

    private boolean isLate(Stepped record) {
        return record.event.input() != null && options.isLate(record.timestamp, record.state);
    }

    /** What is left of a record whose event is late. */
    private Stepped withoutLateEvent(Stepped late) {
        counts.late();
        if (options.lateEvents() == LateEvents.DROP) {
            return late.withoutEvent();
        }
        keep(late.key, late.stored, new Opened(late.model, late.state, late.discarded));
        long by = late.state.lastEventTime() - late.timestamp;
        throw new BadEventException("the event is " + by + " ms older than the last one of its sequence");
    }

    /** Keeps the state of a record that changes nothing. */
    private void keep(Bytes key, byte[] stored, Opened opened) {
        if (stored != null && opened.state().steps() > 0 && !opened.discarded()) {
            states.keep(key, stored, opened.model(), opened.state());
        }
    }

    /**
     * Checks that a step has left a state of finite numbers, which nothing but the next record of its sequence would notice otherwise.
     *
     * @throws BadEventException if the record goes to the dead letters for it; the state is then that of before, or none if that
     *     was not finite either
     */
    void checkFinite(Stepped stepped) {
        if (stepped.prediction == null || stepped.state.isFinite()) {
            return;
        }
        counts.notFinite();
        switch (options.notFiniteStates()) {
            case KEEP -> {}
            case FAIL ->
                throw new StreamsException(BadEventException.makesStateNotFinite()
                                .getMessage() + ", and " + LstmStreamsConfig.STATE_NOT_FINITE_CONFIG + "=fail");
            case DEAD_LETTER -> {
                if (stepped.stored != null && !SequenceStates.isFinite(stepped.stored, stepped.model)) {
                    throw unreadable(stepped.key, "the stored state of the sequence is NaN or infinite");
                }
                BadEventException refusal = BadEventException.makesStateNotFinite();
                counts.refused(refusal, Reason.NOT_FINITE);
                throw refusal;
            }
        }
    }

    /** What to throw for a sequence whose stored state is damaged, after what there is to do about it. */
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
