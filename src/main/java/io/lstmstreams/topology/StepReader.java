package io.lstmstreams.topology;

import io.lstmstreams.config.LateEvents;
import io.lstmstreams.event.BadEventException;
import io.lstmstreams.metrics.StreamMetrics.Reason;
import io.lstmstreams.state.UnreadableStateException;
import io.lstmstreams.topology.RecordReader.Encoded;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Reads a record into a step: decodes and encodes its event, and loads the state of its sequence. Belongs to a task.
 *
 * @param <K> the type of a record's key
 * @param <V> the type of a record's value
 */
final class StepReader<K, V> {
    private final RecordReader<V> reader;
    private final StateLoader loader;
    private final SequenceStates states;
    private final StatePolicies policies;
    private final StepOptions options;
    private final StepCounts counts;

    StepReader(
            RecordReader<V> reader,
            StateLoader loader,
            SequenceStates states,
            StatePolicies policies,
            StepOptions options,
            StepCounts counts) {
        this.reader = reader;
        this.loader = loader;
        this.states = states;
        this.policies = policies;
        this.options = options;
        this.counts = counts;
    }

    /**
     * Reads a record.
     *
     * @param key the sequence id; null if the record has none
     * @return null if the record is a repeated one, which changes nothing
     * @throws BadEventException if the record cannot be processed
     */
    @Nullable
    Step read(Record<K, V> record, @Nullable Bytes key) {
        if (key == null) {
            BadEventException refusal = new BadEventException("the record has no key, and so belongs to no sequence");
            counts.refused(refusal, Reason.NO_SEQUENCE);
            throw refusal;
        }
        Reason reason = Reason.MALFORMED; // of a refusal at this point
        try {
            SequenceEvent event = reader.read(record, key.get());
            byte[] stored = states.get(key);
            reason = Reason.MODEL_CHOICE;
            LoadedState loaded = loader.load(key, stored, event);
            if (isRepeated(event, loaded)) {
                counts.repeated();
                states.putBack(key, loaded);
                return null;
            }
            reason = Reason.MALFORMED;
            Step step = step(record, key, event, loaded);
            reason = Reason.LATE;
            Step inTime = isLate(step) ? withoutLateEvent(step) : step;
            remember(event, inTime);
            return inTime;
        } catch (UnreadableStateException e) {
            throw policies.damaged(key, e);
        } catch (BadEventException e) {
            counts.refused(e, reason);
            throw e;
        }
    }

    /**
     * Reads a record ahead of its turn, without any effect. An exception is dropped: the record's turn finds it
     * again.
     *
     * @return null if the record must wait for its turn: it has no event, it is repeated or late, or another model
     *     advances its sequence
     */
    @Nullable
    Step readAhead(Record<K, V> record, Bytes key, TaskModel model) {
        SequenceEvent event = reader.read(record, key.get());
        if (event.event() == null) {
            return null;
        }
        LoadedState loaded = loader.load(key, states.get(key), event);
        if (loaded.model() != model || isRepeated(event, loaded)) {
            states.putBack(key, loaded);
            return null;
        }
        Step ahead = step(record, key, event, loaded);
        if (!ahead.hasInput() || isLate(ahead)) {
            states.putBack(key, loaded);
            return null;
        }
        remember(event, ahead);
        return ahead;
    }

    private Step step(Record<K, V> record, Bytes key, SequenceEvent event, LoadedState loaded) {
        if (event.event() == null) {
            return new Step(key, record.timestamp(), Step.NO_INPUT, event.end(), false, loaded);
        }
        Encoded encoded = reader.encode(event.event(), loaded.model().encoder());
        return new Step(key, record.timestamp(), encoded.input(), event.end(), encoded.isUnknown(), loaded);
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
        return step.hasInput() && options.isLate(step.timestamp, step.state());
    }

    /** Drops a late event, or refuses its record. */
    private Step withoutLateEvent(Step late) {
        counts.late();
        if (options.lateEvents() == LateEvents.DROP) {
            return late.withoutInput();
        }
        states.putBack(late.key, late.loaded);
        long by = late.state().lastEventTime() - late.timestamp;
        throw new BadEventException("the event is " + by + " ms older than the latest event of its sequence");
    }
}
