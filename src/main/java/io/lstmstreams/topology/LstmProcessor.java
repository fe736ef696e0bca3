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
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Advances sequences: reads a record, advances its sequence by one step, stores the state, forwards the result. Belongs to one task and
 * so to one thread at a time.
 *
 * @param <K> the key's type, which is the sequence's id
 * @param <V> the value's type
 */
final class LstmProcessor<K, V> implements Processor<K, V, K, SequenceOutput> {
    private final RecordReader<V> reader;
    private final TaskModels models;
    private final SequenceStates states;
    private final Serde<K> keys;
    private final LookAhead<K, V> lookAhead;
    private final StepOptions options;
    private final StepTargets targets;
    private final StreamMetrics metrics;
    private final StepListener listener;
    private final StateReads reads;
    private final BackgroundTime threadTime;

    private ProcessorContext<K, SequenceOutput> context;
    private KeyValueStore<Bytes, byte[]> store;
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
            StepListener listener,
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
        this.listener = listener;
        this.reads = reads;
        this.threadTime = threadTime;
    }

    @Override
    public void init(ProcessorContext<K, SequenceOutput> context) {
        this.context = context;
        this.store = context.getStateStore(options.storeName());
        if (options.modelsStoreName() != null) {
            models.init(context.taskId(), context.getStateStore(options.modelsStoreName()));
        }
        idle = new IdleScan(context, store, options, threadTime, metrics.live(), this::expire);
        idle.start();
        counts = new StepCounts(context, metrics, options);
        records = new StepReader<>(reader, states, store, idle, options, counts);
        StreamSensors.register(context, options.storeName(), metrics);
        taskReads = reads.open(context, store);
    }

    @Override
    public void process(Record<K, V> record) {
        long begun = threadTime.beginRecord();
        try {
            targets.checkTime(record.timestamp(), context.currentSystemTimeMs());
            Bytes key = Bytes.wrap(idOf(record)); // null without a sequence id
            taskReads.processing(key);
            Step step = read(record, key);
            if (step != null) { // or else the record is a repeated one
                process(record, step);
            }
        } catch (UnsendableException e) {
            targets.serializer().discardPrepared();
            counts.refused(e);
            throw e;
        } finally {
            threadTime.endRecord(begun);
        }
    }

    /** Everything that a record changes and sends, or nothing, where a part of that cannot be sent. */
    private void process(Record<K, V> record, Step step) {
        records.checkFinite(step);
        end(step);
        encode(step);
        check(record, step);
        // From here on nothing is refused.
        idle.observe(record.timestamp());
        counts.finished(step);
        tell(step);
        store(step);
        forward(record, step);
    }

    private byte[] idOf(Record<K, V> record) {
        return keys.serializer().serialize(options.storeName(), record.key());
    }

    /** Reads a record and advances its sequence, unless that was precomputed. Returns null for a repeated record. */
    private Step read(Record<K, V> record, Bytes key) {
        if (models.refresh()) {
            lookAhead.forgetAll(); // precomputed with a model that is no longer active
        }
        Step precomputed = lookAhead.take(key, context.recordMetadata(), record.timestamp());
        if (precomputed != null) {
            return precomputed;
        }
        Step step = records.read(record, key);
        if (step != null && step.input != null) {
            advance(step);
        }
        return step;
    }

    /** Advances a sequence, together with sequences of the same model whose records come soon. */
    private void advance(Step step) {
        List<Step> together = new ArrayList<>();
        together.add(step);
        together.addAll(lookAhead.beside(
                context.recordMetadata(), step.key, record -> records.readAhead(record, idOf(record), step.model())));
        List<SequenceStep> steps = new ArrayList<>(together.size());
        together.forEach(each -> steps.add(each.toSequenceStep()));
        List<Prediction> predictions = counts.advance(step.model(), steps);
        for (int i = 0; i < predictions.size(); i++) {
            together.get(i).prediction = predictions.get(i);
        }
    }

    /** Ends the sequence if the record says so, or if the sequence has its largest number of steps. */
    private void end(Step step) {
        SequenceState state = step.state();
        step.wasAnomalous = state.verdict().anomalous();
        if (state.steps() == 0) {
            return; // it has not started
        }
        if (step.isEnd) {
            step.verdict = verdict(step.key, Ended.END_RECORD, step.loaded);
        } else if (options.maxSteps() > 0 && state.steps() >= options.maxSteps()) {
            step.verdict = verdict(step.key, Ended.MAX_STEPS, step.loaded);
        }
    }

    private static Verdict verdict(Bytes key, Ended ended, LoadedState last) {
        return last.model().predictor().end(SequenceName.of(key.get()), ended, last.state());
    }

    /** Encodes the state for the store. Of an ended sequence, the ids of its last events remain. */
    private void encode(Step step) {
        SequenceState state = step.state();
        StateCodec codec = step.model().codec();
        boolean hasIds = state.recentEvents().size() > 0;
        if (!step.goesOn()) {
            if (hasIds) {
                state.steppedAt(context.currentSystemTimeMs());
                step.storedAfter = codec.encodeEnded(state);
            }
            return;
        }
        if (options.idleTime() == IdleTime.WALL_CLOCK) {
            state.steppedAt(context.currentSystemTimeMs());
        }
        if (step.prediction != null || hasIds) {
            step.storedAfter = codec.encode(state);
        }
    }

    private void check(Record<K, V> record, Step step) {
        byte[] key = step.key.get();
        try {
            if (step.storedAfter != null) {
                targets.checkState(key, step.storedAfter);
            }
            if (step.prediction != null) {
                targets.check(key, record.headers(), step.prediction);
            }
            if (step.verdict != null) {
                targets.check(key, record.headers(), step.verdict);
            }
        } catch (UnsendableException e) {
            step.model().release(step.state()); // the next step begins with the stored bytes
            throw e;
        }
    }

    private void tell(Step step) {
        ModelVersion version = step.model().version();
        if (step.prediction != null) {
            listener.advanced(version, step.storedBefore, step.input, step.prediction);
            if (step.goesOn()) {
                listener.stored(step.key.get(), step.storedBefore, step.storedAfter, step.input, step.prediction);
            }
        }
        if (step.verdict != null) {
            tellEnd(step.verdict, step.wasAnomalous, step.loaded);
        }
    }

    private void tellEnd(Verdict verdict, boolean wasAnomalous, LoadedState last) {
        boolean endAnomalous = verdict.anomalous() && !wasAnomalous;
        TaskModel model = last.model();
        listener.ended(
                model.version(), verdict, endAnomalous, () -> model.codec().encode(last.state()));
    }

    private void store(Step step) {
        if (step.storedAfter != null) {
            store.put(step.key, step.storedAfter);
        } else if (!step.goesOn() && step.storedBefore != null) {
            store.delete(step.key);
        }
        if (step.storedAfter != null || !step.goesOn()) {
            idle.changed(step.key, step.storedBefore, step.storedAfter);
        }
        if (step.goesOn()) {
            byte[] stored = step.storedAfter == null ? step.storedBefore : step.storedAfter;
            states.keep(step.key, stored, step.model(), step.state());
        } else {
            step.model().release(step.state());
        }
    }

    private void forward(Record<K, V> record, Step step) {
        if (step.prediction != null) {
            context.forward(record.withValue(step.prediction));
        }
        if (step.verdict != null) {
            forward(record.withValue(step.verdict));
        }
    }

    private void forward(Record<K, Verdict> verdict) {
        counts.ended(verdict.value());
        context.forward(verdict);
    }

    /** Ends an idle sequence, or deletes the rest of a sequence that had ended before. */
    private void expire(IdleScan.Expired found) {
        lookAhead.forget(found.key());
        if (StateCodec.isEnded(found.stored())) {
            delete(found);
            return;
        }
        LoadedState last;
        try {
            last = states.loadIdle(found.key(), found.stored());
        } catch (UnreadableStateException e) {
            throw records.unreadable(found.key(), e);
        }
        delete(found);
        if (last == null) {
            counts.forgotten();
            return;
        }
        boolean wasAnomalous = last.state().verdict().anomalous();
        Verdict verdict = verdict(found.key(), Ended.IDLE, last);
        tellEnd(verdict, wasAnomalous, last);
        K key = keys.deserializer().deserialize(options.storeName(), found.key().get());
        Record<K, Verdict> record = new Record<>(key, verdict, found.time(), new RecordHeaders());
        checkEnd(found.key().get(), record);
        forward(record);
        last.model().release(last.state());
    }

    private void delete(IdleScan.Expired found) {
        store.delete(found.key());
        idle.changed(found.key(), found.stored(), null);
    }

    /**
     * Checks the verdict of an idle sequence, whose state is deleted already.
     *
     * @throws UnsendableException if the verdict cannot be sent; the end of the sequence becomes a dead letter
     */
    private void checkEnd(byte[] id, Record<K, Verdict> verdict) {
        try {
            long now = context.currentSystemTimeMs();
            targets.checkEnd(id, verdict.headers(), verdict.value(), verdict.timestamp(), now);
        } catch (UnsendableException e) {
            targets.serializer().discardPrepared();
            counts.refused(e);
            throw e;
        }
    }

    @Override
    public void close() {
        taskReads.close();
        states.clear();
        listener.close();
        if (idle != null) { // null if init failed
            idle.close();
        }
        lookAhead.close();
    }
}
