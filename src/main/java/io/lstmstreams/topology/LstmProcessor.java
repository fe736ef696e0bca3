package io.lstmstreams.topology;

import io.lstmstreams.config.IdleTime;
import io.lstmstreams.config.LateEvents;
import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.config.ModelChange;
import io.lstmstreams.config.UnreadableStates;
import io.lstmstreams.event.BadEventException;
import io.lstmstreams.input.UnknownEventException;
import io.lstmstreams.metrics.StreamMetrics;
import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.SequenceName;
import io.lstmstreams.output.SequenceOutput;
import io.lstmstreams.output.SequenceStep;
import io.lstmstreams.output.Verdict;
import io.lstmstreams.output.Verdict.Ended;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.state.StateCodec;
import io.lstmstreams.state.UnreadableStateException;
import io.lstmstreams.topology.SequenceStates.Opened;
import io.lstmstreams.trace.StepTrace;
import io.lstmstreams.trace.Tap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One step per record: event, input, state, step, state, output. Belongs to one task and so to one thread at a time.
 *
 * @param <K> the key's type, which is the sequence's id
 * @param <V> the value's type
 */
final class LstmProcessor<K, V> implements Processor<K, V, K, SequenceOutput> {
    private static final Logger LOG = LoggerFactory.getLogger(LstmProcessor.class);

    private final RecordReader<V> reader;
    private final TaskModels models;
    private final SequenceStates states;
    private final Serde<K> keys;
    private final LookAhead<K, V> lookAhead; // null where records are stepped one by one
    private final StepOptions options;
    private final StreamMetrics metrics;
    private final StepTrace trace; // null where nobody looks on
    private final LogThrottle warnings = new LogThrottle(LOG::warn, System::nanoTime);

    private ProcessorContext<K, SequenceOutput> context;
    private KeyValueStore<Bytes, byte[]> store;
    private Tap tap; // null where nobody looks on
    private IdleScan idle; // null if sequences are never idle

    LstmProcessor(
            RecordReader<V> reader,
            TaskModels models,
            SequenceStates states,
            Serde<K> keys,
            LookAhead<K, V> lookAhead,
            StepOptions options,
            StreamMetrics metrics,
            StepTrace trace) {
        this.reader = reader;
        this.models = models;
        this.states = states;
        this.keys = keys;
        this.lookAhead = lookAhead;
        this.options = options;
        this.metrics = metrics;
        this.trace = trace;
    }

    @Override
    public void init(ProcessorContext<K, SequenceOutput> context) {
        this.context = context;
        this.store = context.getStateStore(options.storeName());
        tap = trace == null ? null : trace.tap();
        if (options.modelsStoreName() != null) {
            models.init(context.taskId(), context.getStateStore(options.modelsStoreName()));
        }
        if (options.hasIdle()) {
            idle = new IdleScan(
                    store,
                    options.idleTimeout(),
                    options.idleTime(),
                    context::currentSystemTimeMs,
                    context.currentSystemTimeMs());
            context.schedule(IdleScan.INTERVAL, PunctuationType.WALL_CLOCK_TIME, this::endIdle);
        }
    }

    @Override
    public void process(Record<K, V> record) {
        byte[] id = keys.serializer().serialize(options.storeName(), record.key());
        Bytes key = Bytes.wrap(id); // null without an id
        if (models.refresh() && lookAhead != null) {
            lookAhead.forgetAll(); // it was stepped by a model that no longer is the one
        }
        Stepped stepped = steppedAhead(key, record);
        if (stepped == null) {
            stepped = open(record, key);
            if (stepped == null) {
                return; // it has been there before
            }
            step(stepped);
        }
        if (idle != null) {
            idle.observe(key, record.timestamp(), context.currentSystemTimeMs());
        }
        finish(record, stepped);
    }

    private Stepped steppedAhead(Bytes key, Record<K, V> record) {
        if (lookAhead == null || key == null || context.recordMetadata().isEmpty()) {
            return null;
        }
        return lookAhead.take(key, context.recordMetadata().get(), record.timestamp());
    }

    /**
     * The record with the state that it meets; null if it is one that was there before.
     *
     * @throws BadEventException if it cannot be stepped
     */
    private Stepped open(Record<K, V> record, Bytes key) {
        try {
            Arrival arrival = reader.read(record, key == null ? null : key.get());
            byte[] stored = store.get(key);
            Opened opened = states.open(key, stored, arrival);
            if (isRepeated(arrival, opened)) {
                metrics.repeatedEvents().increment();
                keep(key, stored, opened);
                return null;
            }
            Stepped read = new Stepped(
                    key,
                    record.timestamp(),
                    reader.encode(arrival, opened.model().encoder()),
                    stored,
                    opened);
            Stepped inTime = isLate(read) ? withoutLateEvent(read) : read;
            remember(arrival, inTime);
            return inTime;
        } catch (UnreadableStateException e) {
            throw unreadable(key, e);
        } catch (BadEventException e) {
            metrics.deadLetters().increment();
            if (e instanceof UnknownEventException) {
                metrics.unknownEvents().increment();
            }
            throw e;
        }
    }

    private static boolean isRepeated(Arrival arrival, Opened opened) {
        return arrival.hasId() && opened.state().recentEvents().contains(arrival.id());
    }

    private static void remember(Arrival arrival, Stepped stepped) {
        if (arrival.hasId()) {
            stepped.state.recentEvents().add(arrival.id());
        }
    }

    /** Steps a record, and with it those of other sequences of the same model that come soon. */
    private void step(Stepped stepped) {
        if (stepped.event.input() == null) {
            return;
        }
        List<Stepped> together = new ArrayList<>();
        together.add(stepped);
        if (lookAhead != null && context.recordMetadata().isPresent()) {
            together.addAll(lookAhead.beside(
                    context.recordMetadata().get(), stepped.key, record -> readAhead(record, stepped.model)));
        }
        List<SequenceStep> steps = new ArrayList<>(together.size());
        for (Stepped one : together) {
            steps.add(new SequenceStep(SequenceName.of(one.key.get()), one.timestamp, one.event.input(), one.state));
        }
        List<Prediction> predictions = stepped.model.predictor().advance(steps);
        for (int i = 0; i < predictions.size(); i++) {
            together.get(i).prediction = predictions.get(i);
        }
    }

    /**
     * A record of the future and its state; null for one that is more than a step of this model. What is wrong with it, or with
     * the state, throws here, and is dealt with when the record comes.
     */
    private Stepped readAhead(Record<K, V> record, TaskModel model) {
        byte[] id = keys.serializer().serialize(options.storeName(), record.key());
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
        Stepped ahead = new Stepped(key, record.timestamp(), reader.encode(arrival, model.encoder()), stored, opened);
        if (ahead.event.input() == null || isLate(ahead)) {
            keep(key, stored, opened);
            return null;
        }
        remember(arrival, ahead);
        return ahead;
    }

    private boolean isLate(Stepped record) {
        return record.event.input() != null && options.isLate(record.timestamp, record.state);
    }

    /** What is left of a record whose event is late. */
    private Stepped withoutLateEvent(Stepped late) {
        metrics.lateEvents().increment();
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

    /** What a record that was stepped changes and sends. */
    private void finish(Record<K, V> record, Stepped stepped) {
        SequenceState state = stepped.state;
        SequenceEvent event = stepped.event;
        count(stepped);
        if (tap != null && stepped.prediction != null) {
            tap.stepped(stepped.model.traced(), stepped.stored, event.input(), stepped.prediction);
        }
        boolean full = options.maxSteps() > 0 && state.steps() >= options.maxSteps();
        boolean ends = event.end() || full;
        Verdict verdict = null;
        if (ends && state.steps() > 0) {
            Ended ended = event.end() ? Ended.END_RECORD : Ended.MAX_STEPS;
            verdict = end(stepped.key, ended, stepped.model, state);
        }
        if (options.idleTime() == IdleTime.WALL_CLOCK) {
            state.steppedAt(context.currentSystemTimeMs());
        }
        if (state.steps() == 0 || ends) {
            forget(stepped);
            stepped.model.release(state);
        } else if (stepped.prediction != null || state.recentEvents().size() > 0) {
            byte[] stored = stepped.model.codec().encode(state);
            store.put(stepped.key, stored);
            if (tap != null && stepped.prediction != null) {
                tap.stored(stepped.key.get(), stepped.stored, stored, event.input(), stepped.prediction);
            }
            states.keep(stepped.key, stored, stepped.model, state);
        } else {
            states.keep(stepped.key, stepped.stored, stepped.model, state);
        }
        if (stepped.prediction != null) {
            context.forward(record.withValue(stepped.prediction));
        }
        if (verdict != null) {
            forward(record.withValue(verdict));
        }
    }

    private Verdict end(Bytes key, Ended ended, TaskModel model, SequenceState state) {
        boolean wasAnomalous = state.verdict().anomalous();
        Verdict verdict = model.predictor().end(SequenceName.of(key.get()), ended, state);
        if (tap != null) {
            boolean endAnomalous = verdict.anomalous() && !wasAnomalous;
            tap.ended(model.traced(), verdict, endAnomalous, () -> model.codec().encode(state));
        }
        return verdict;
    }

    /**
     * Deletes what is stored of a sequence, or leaves the ids of its last events for a while, by which they are known should they
     * come again.
     */
    private void forget(Stepped stepped) {
        SequenceState state = stepped.state;
        if (state.recentEvents().size() > 0) {
            state.steppedAt(context.currentSystemTimeMs());
            store.put(stepped.key, stepped.model.codec().encodeEnded(state));
        } else if (stepped.stored != null) {
            store.delete(stepped.key);
        }
    }

    /** What to throw for a sequence whose stored state is damaged, after what there is to do about it. */
    private RuntimeException unreadable(Bytes key, UnreadableStateException e) {
        metrics.statesUnreadable().increment();
        if (options.unreadableStates() == UnreadableStates.FAIL) {
            return new StreamsException(
                    e.getMessage() + ", and " + LstmStreamsConfig.STATE_UNREADABLE_CONFIG + "=fail");
        }
        byte[] stored = store.delete(key);
        metrics.deadLetters().increment();
        return new DamagedStateException(e.getMessage(), key.get(), stored);
    }

    private static String at(Optional<RecordMetadata> record) {
        return record.map(at -> " with the record at topic %s partition %d offset %d"
                        .formatted(at.topic(), at.partition(), at.offset()))
                .orElse("");
    }

    private void count(Stepped stepped) {
        if (stepped.discarded) {
            metrics.statesDiscarded().increment();
            if (options.modelChange() != ModelChange.RESTART) { // where that is not what is asked for
                warnings.log(() -> "task %s: the stored state of a sequence is of another model; it starts anew%s"
                        .formatted(context.taskId(), at(context.recordMetadata())));
            }
        }
        if (stepped.event.unknown()) {
            metrics.unknownEvents().increment();
        }
        if (stepped.prediction != null) {
            metrics.steps().increment();
            if (stepped.prediction.step() == 1) {
                metrics.started().increment();
            }
        }
    }

    private void forward(Record<K, Verdict> verdict) {
        metrics.ended().increment();
        if (verdict.value().anomalous()) {
            metrics.anomalousSequences().increment();
        }
        context.forward(verdict);
    }

    private void endIdle(long wallClock) {
        long now = idle.time(context.currentStreamTimeMs(), wallClock);
        idle.next(now, wallClock, found -> end(found, now));
    }

    private void end(IdleScan.Idle found, long now) {
        if (lookAhead != null) {
            lookAhead.forget(found.key());
        }
        if (StateCodec.isEnded(found.stored())) {
            store.delete(found.key()); // only its last events' ids were left
            return;
        }
        Opened opened;
        try {
            opened = states.last(found.key(), found.stored());
        } catch (UnreadableStateException e) {
            throw unreadable(found.key(), e);
        }
        store.delete(found.key());
        if (opened == null) {
            metrics.statesDiscarded().increment();
            warnings.log(
                    () -> "task %s: the stored state of an idle sequence is of a model that is to be had nowhere; it is"
                                    .formatted(context.taskId())
                            + " forgotten");
            return;
        }
        byte[] id = found.key().get();
        Verdict verdict = end(found.key(), Ended.IDLE, opened.model(), opened.state());
        K key = keys.deserializer().deserialize(options.storeName(), id);
        forward(new Record<>(key, verdict, now, new RecordHeaders()));
        opened.model().release(opened.state());
    }

    @Override
    public void close() {
        states.clear();
        if (tap != null) {
            tap.close();
        }
        if (lookAhead != null) {
            lookAhead.close();
        }
    }
}
