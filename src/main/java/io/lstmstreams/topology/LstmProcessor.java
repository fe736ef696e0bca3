package io.lstmstreams.topology;

import io.lstmstreams.config.IdleTime;
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
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * One step per record: event, input, state, step, state, output. Belongs to one task and so to one thread at a time.
 *
 * @param <K> the key's type, which is the sequence's id
 * @param <V> the value's type
 */
final class LstmProcessor<K, V> implements Processor<K, V, K, SequenceOutput> {
    private final RecordReader<V> reader;
    private final TaskModels models;
    private final SequenceStates states;
    private final Serde<K> keys;
    private final LookAhead<K, V> lookAhead; // null where records are stepped one by one
    private final StepOptions options;
    private final StepTargets targets;
    private final StreamMetrics metrics;
    private final StepTrace trace; // null where nobody looks on
    private final StateReads reads; // null where nobody asks
    private final BackgroundTime threadTime;

    private ProcessorContext<K, SequenceOutput> context;
    private KeyValueStore<Bytes, byte[]> store;
    private Tap tap; // null where nobody looks on
    private IdleScan idle;
    private StepCounts counts;
    private StepReader<K, V> records;
    private TaskReads taskReads = TaskReads.NONE;

    LstmProcessor(
            RecordReader<V> reader,
            TaskModels models,
            SequenceStates states,
            Serde<K> keys,
            LookAhead<K, V> lookAhead,
            StepOptions options,
            StepTargets targets,
            StreamMetrics metrics,
            StepTrace trace,
            StateReads reads,
            BackgroundTime threadTime) {
        this.reader = reader;
        this.models = models;
        this.states = states;
        this.keys = keys;
        this.lookAhead = lookAhead;
        this.options = options;
        this.targets = targets;
        this.metrics = metrics;
        this.trace = trace;
        this.reads = reads;
        this.threadTime = threadTime;
    }

    @Override
    public void init(ProcessorContext<K, SequenceOutput> context) {
        this.context = context;
        this.store = context.getStateStore(options.storeName());
        tap = trace == null ? null : trace.tap();
        if (options.modelsStoreName() != null) {
            models.init(context.taskId(), context.getStateStore(options.modelsStoreName()));
        }
        idle = new IdleScan(context, store, options, threadTime, metrics.live(), this::expire);
        idle.start();
        counts = new StepCounts(context, metrics, options);
        records = new StepReader<>(reader, states, store, idle, options, counts);
        StreamSensors.register(context, options.storeName(), metrics);
        if (reads != null) {
            taskReads = reads.open(context, store);
        }
    }

    @Override
    public void process(Record<K, V> record) {
        long begun = threadTime.beginRecord();
        try {
            targets.checkTime(record.timestamp(), context.currentSystemTimeMs());
            advance(record);
        } catch (UnsendableException e) {
            targets.serializer().discardPrepared();
            counts.refused(e);
            throw e;
        } finally {
            threadTime.endRecord(begun);
        }
    }

    private void advance(Record<K, V> record) {
        Bytes key = Bytes.wrap(idOf(record)); // null without an id
        taskReads.processing(key);
        if (models.refresh() && lookAhead != null) {
            lookAhead.forgetAll(); // it was stepped by a model that no longer is the one
        }
        Stepped stepped = steppedAhead(key, record);
        if (stepped == null) {
            stepped = records.read(record, key);
            if (stepped == null) {
                return; // it has been there before
            }
            step(stepped);
        }
        finish(record, stepped);
    }

    private byte[] idOf(Record<K, V> record) {
        return keys.serializer().serialize(options.storeName(), record.key());
    }

    private Stepped steppedAhead(Bytes key, Record<K, V> record) {
        if (lookAhead == null || key == null || context.recordMetadata().isEmpty()) {
            return null;
        }
        return lookAhead.take(key, context.recordMetadata().get(), record.timestamp());
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
                    context.recordMetadata().get(),
                    stepped.key,
                    record -> records.readAhead(record, idOf(record), stepped.model)));
        }
        List<SequenceStep> steps = new ArrayList<>(together.size());
        for (Stepped one : together) {
            steps.add(new SequenceStep(SequenceName.of(one.key.get()), one.timestamp, one.event.input(), one.state));
        }
        List<Prediction> predictions = counts.advance(stepped.model, steps);
        for (int i = 0; i < predictions.size(); i++) {
            together.get(i).prediction = predictions.get(i);
        }
    }

    /** What a record that was stepped changes and sends: all of it, or nothing where a part of it cannot be sent. */
    private void finish(Record<K, V> record, Stepped stepped) {
        records.checkFinite(stepped);
        SequenceState state = stepped.state;
        Optional<Ended> ended = ended(stepped);
        boolean wasAnomalous = state.verdict().anomalous();
        Optional<Verdict> verdict = ended.map(cause -> verdict(stepped.key, cause, stepped.model, state));
        Optional<byte[]> change = change(stepped, ended.isPresent());
        check(record, stepped, verdict, change);

        // From here on nothing is refused any more.
        idle.observe(record.timestamp());
        counts.finished(stepped);
        if (tap != null && stepped.prediction != null) {
            tap.stepped(stepped.model.traced(), stepped.stored, stepped.event.input(), stepped.prediction);
        }
        verdict.ifPresent(found -> tell(found, wasAnomalous, stepped.model, state));
        store(stepped, change, state.steps() > 0 && ended.isEmpty());
        if (stepped.prediction != null) {
            context.forward(record.withValue(stepped.prediction));
        }
        verdict.ifPresent(found -> forward(record.withValue(found)));
    }

    /** Why the sequence ends with this record, if it has begun and does end. */
    private Optional<Ended> ended(Stepped stepped) {
        long steps = stepped.state.steps();
        if (steps == 0) {
            return Optional.empty();
        }
        if (stepped.event.end()) {
            return Optional.of(Ended.END_RECORD);
        }
        return options.maxSteps() > 0 && steps >= options.maxSteps() ? Optional.of(Ended.MAX_STEPS) : Optional.empty();
    }

    /** The bytes that take the place of those that are stored, if there are any. */
    private Optional<byte[]> change(Stepped stepped, boolean ends) {
        SequenceState state = stepped.state;
        boolean remembers = state.recentEvents().size() > 0;
        if (ends || state.steps() == 0) {
            if (!remembers) {
                return Optional.empty();
            }
            state.steppedAt(context.currentSystemTimeMs());
            return Optional.of(stepped.model.codec().encodeEnded(state));
        }
        if (options.idleTime() == IdleTime.WALL_CLOCK) {
            state.steppedAt(context.currentSystemTimeMs());
        }
        return stepped.prediction != null || remembers
                ? Optional.of(stepped.model.codec().encode(state))
                : Optional.empty();
    }

    private void check(Record<K, V> record, Stepped stepped, Optional<Verdict> verdict, Optional<byte[]> change) {
        byte[] key = stepped.key.get();
        try {
            change.ifPresent(bytes -> targets.checkState(key, bytes));
            if (stepped.prediction != null) {
                targets.check(key, record.headers(), stepped.prediction);
            }
            verdict.ifPresent(found -> targets.check(key, record.headers(), found));
        } catch (UnsendableException e) {
            stepped.model.release(stepped.state); // the step was never made: the next one begins with the stored bytes
            throw e;
        }
    }

    private void store(Stepped stepped, Optional<byte[]> change, boolean goesOn) {
        SequenceState state = stepped.state;
        byte[] stored = change.orElse(stepped.stored);
        if (change.isPresent()) {
            store.put(stepped.key, stored);
        } else if (!goesOn && stepped.stored != null) {
            store.delete(stepped.key);
        }
        if (change.isPresent() || !goesOn) {
            idle.changed(stepped.key, stepped.stored, change.orElse(null));
        }
        if (!goesOn) {
            stepped.model.release(state);
            return;
        }
        if (change.isPresent() && tap != null && stepped.prediction != null) {
            tap.stored(stepped.key.get(), stepped.stored, stored, stepped.event.input(), stepped.prediction);
        }
        states.keep(stepped.key, stored, stepped.model, state);
    }

    private Verdict end(Bytes key, Ended ended, TaskModel model, SequenceState state) {
        boolean wasAnomalous = state.verdict().anomalous();
        Verdict verdict = verdict(key, ended, model, state);
        tell(verdict, wasAnomalous, model, state);
        return verdict;
    }

    private static Verdict verdict(Bytes key, Ended ended, TaskModel model, SequenceState state) {
        return model.predictor().end(SequenceName.of(key.get()), ended, state);
    }

    private void tell(Verdict verdict, boolean wasAnomalous, TaskModel model, SequenceState state) {
        if (tap != null) {
            boolean endAnomalous = verdict.anomalous() && !wasAnomalous;
            tap.ended(model.traced(), verdict, endAnomalous, () -> model.codec().encode(state));
        }
    }

    /**
     * Sends a verdict. That of an idle sequence, for which no record was checked, is checked here: its state must be deleted already.
     *
     * @throws UnsendableException if the sequence was idle and its verdict cannot be sent; the sequence's end becomes a dead letter
     */
    private void forward(Record<K, Verdict> verdict) {
        if (verdict.value().ended() == Ended.IDLE) {
            checkEnd(verdict);
        }
        counts.ended(verdict.value());
        context.forward(verdict);
    }

    private void checkEnd(Record<K, Verdict> verdict) {
        byte[] id = keys.serializer().serialize(options.storeName(), verdict.key());
        try {
            long now = context.currentSystemTimeMs();
            targets.checkEnd(id, verdict.headers(), verdict.value(), verdict.timestamp(), now);
        } catch (UnsendableException e) {
            targets.serializer().discardPrepared();
            counts.refused(e);
            throw e;
        }
    }

    /** Ends an idle sequence, or removes what was left of one that had ended. */
    private void expire(IdleScan.Expired found) {
        if (lookAhead != null) {
            lookAhead.forget(found.key());
        }
        if (StateCodec.isEnded(found.stored())) {
            delete(found);
            return;
        }
        Opened opened;
        try {
            opened = states.last(found.key(), found.stored());
        } catch (UnreadableStateException e) {
            throw records.unreadable(found.key(), e);
        }
        delete(found);
        if (opened == null) {
            counts.forgotten();
            return;
        }
        byte[] id = found.key().get();
        Verdict verdict = end(found.key(), Ended.IDLE, opened.model(), opened.state());
        K key = keys.deserializer().deserialize(options.storeName(), id);
        forward(new Record<>(key, verdict, found.time(), new RecordHeaders()));
        opened.model().release(opened.state());
    }

    private void delete(IdleScan.Expired found) {
        store.delete(found.key());
        idle.changed(found.key(), found.stored(), null);
    }

    @Override
    public void close() {
        taskReads.close();
        states.clear();
        if (tap != null) {
            tap.close();
        }
        if (idle != null) {
            idle.close();
        }
        if (lookAhead != null) {
            lookAhead.close();
        }
    }
}
