package io.lstmstreams.topology;

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
import java.util.function.Supplier;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Advances sequences: reads a record, advances its sequence by one step, stores the state, forwards the result.
 * Belongs to one task, and so to one thread at a time.
 *
 * @param <K> the type of a record's key, which is the sequence id
 * @param <V> the type of a record's value
 */
final class LstmProcessor<K, V> implements Processor<K, V, K, SequenceOutput> {
    private final Serde<K> keys;
    private final RecordReader<V> reader;
    private final Models allModels;
    private final Supplier<LookAhead<K, V>> lookAheads;
    private final StepOptions options;
    private final StepTargets targets;
    private final StepServices services;

    // Created by init, which Kafka Streams calls again after close when it revives a task.
    private ProcessorContext<K, SequenceOutput> context;
    private TaskModels models;
    private LookAhead<K, V> lookAhead;
    private StepListener listener = StepListener.NONE;
    private StepCounts counts;
    private IdleScan idle;
    private StateLoader loader;
    private SequenceStates states;
    private StatePolicies policies;
    private StepReader<K, V> stepReader;
    private TaskReads reads = TaskReads.NONE;

    LstmProcessor(
            Serde<K> keys,
            RecordReader<V> reader,
            Models models,
            Supplier<LookAhead<K, V>> lookAheads,
            StepOptions options,
            StepTargets targets,
            StepServices services) {
        this.keys = keys;
        this.reader = reader;
        this.allModels = models;
        this.lookAheads = lookAheads;
        this.options = options;
        this.targets = targets;
        this.services = services;
    }

    @Override
    public void init(ProcessorContext<K, SequenceOutput> context) {
        this.context = context;
        KeyValueStore<Bytes, byte[]> store = context.getStateStore(options.storeName());
        models = new TaskModels(allModels, options);
        if (options.publishesModels()) {
            models.open(context.taskId(), context.getStateStore(options.modelsStoreName()));
        }
        BusyStates busyStates = new BusyStates(options.batchSize());
        lookAhead = lookAheads.get();
        listener = services.newListener();
        counts = new StepCounts(context, services.metrics(), options);
        idle = new IdleScan(
                context,
                store,
                options,
                services.backgroundTime(),
                services.metrics().live(),
                this::expire);
        idle.start();
        loader = new StateLoader(models, busyStates, options.modelChange());
        states = new SequenceStates(context, store, busyStates, idle, options);
        policies = new StatePolicies(states, options, counts);
        stepReader = new StepReader<>(reader, loader, states, policies, options, counts);
        StreamSensors.register(context, options.storeName(), services.metrics());
        reads = services.reads().open(context, store);
    }

    @Override
    public void process(Record<K, V> record) {
        long start = services.backgroundTime().beginRecord();
        try {
            targets.checkTime(record.timestamp(), context.currentSystemTimeMs());
            Bytes key = idOf(record);
            reads.processing(key);
            Step step = read(record, key);
            if (step != null) { // or else the record is a repeated one
                advance(step);
                store(record, step);
                forward(record, step);
            }
        } catch (UnsendableException e) {
            targets.serializer().discardPrepared();
            counts.refused(e);
            throw e;
        } finally {
            services.backgroundTime().endRecord(start);
        }
    }

    /** Returns the sequence id; null if the record has none. */
    private @Nullable Bytes idOf(Record<K, V> record) {
        return Bytes.wrap(keys.serializer().serialize(options.storeName(), record.key()));
    }

    /** Reads a record, unless its step was precomputed. Returns null for a repeated record. */
    private @Nullable Step read(Record<K, V> record, @Nullable Bytes key) {
        if (models.refresh()) {
            lookAhead.forgetAll(); // steps of a model that is no longer active
        }
        Step precomputed = lookAhead.take(key, context.recordMetadata(), record.timestamp());
        return precomputed != null ? precomputed : stepReader.read(record, key);
    }

    /** Advances a sequence by its event, unless that was precomputed, and ends the sequence if its end has come. */
    private void advance(Step step) {
        if (step.hasInput() && step.prediction == null) {
            predict(step);
        }
        policies.checkFinite(step);
        SequenceState state = step.state();
        step.wasAnomalous = state.verdict().anomalous();
        boolean hasStarted = state.steps() > 0;
        if (hasStarted && step.isEnd) {
            step.verdict = verdict(step.key, Ended.END_RECORD, step.loaded);
        } else if (hasStarted && options.maxSteps() > 0 && state.steps() >= options.maxSteps()) {
            step.verdict = verdict(step.key, Ended.MAX_STEPS, step.loaded);
        }
    }

    /** Advances a sequence together with sequences of the same model whose records were fetched already. */
    private void predict(Step step) {
        List<Step> batch = new ArrayList<>();
        batch.add(step);
        batch.addAll(lookAhead.next(context.recordMetadata(), step.key, record -> readAhead(record, step.model())));
        List<SequenceStep> steps = new ArrayList<>(batch.size());
        batch.forEach(each -> steps.add(each.toSequenceStep()));
        List<Prediction> predictions = counts.advance(step.model(), steps);
        for (int i = 0; i < predictions.size(); i++) {
            batch.get(i).prediction = predictions.get(i);
        }
    }

    private @Nullable Step readAhead(Record<K, V> record, TaskModel model) {
        Bytes key = idOf(record);
        return key == null ? null : stepReader.readAhead(record, key, model);
    }

    private static Verdict verdict(Bytes key, Ended ended, LoadedState last) {
        return last.model().predictor().end(SequenceName.of(key.get()), ended, last.state());
    }

    /** Stores the state after a step. Changes nothing if a part of the step's output cannot be sent. */
    private void store(Record<K, V> record, Step step) {
        states.encode(step);
        try {
            targets.check(step, record.headers());
        } catch (UnsendableException e) {
            states.release(step.loaded);
            throw e;
        }
        // From here on nothing is refused.
        idle.observe(record.timestamp());
        counts.finished(step);
        notifyListener(step);
        states.store(step);
    }

    private void notifyListener(Step step) {
        ModelVersion version = step.model().version();
        byte[] before = step.storedBefore();
        byte[] after = step.storedAfter;
        if (step.prediction != null) {
            listener.advanced(version, before, step.input, step.prediction);
            if (step.isLive() && after != null) {
                listener.stored(step.key.get(), before, after, step.input, step.prediction);
            }
        }
        if (step.verdict != null) {
            notifyListener(step.verdict, step.wasAnomalous, step.loaded);
        }
    }

    private void notifyListener(Verdict verdict, boolean wasAnomalous, LoadedState last) {
        boolean endAnomalous = verdict.anomalous() && !wasAnomalous;
        TaskModel model = last.model();
        listener.ended(
                model.version(), verdict, endAnomalous, () -> model.codec().encode(last.state()));
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

    /** Ends an idle sequence, or deletes what remains of a sequence that has ended. */
    private void expire(IdleScan.Expired expired) {
        lookAhead.forget(expired.key());
        if (StateCodec.isEnded(expired.stored())) {
            states.delete(expired.key());
            return;
        }
        LoadedState last = loadIdle(expired);
        states.delete(expired.key());
        if (last == null) {
            counts.discarded();
        } else {
            endIdle(expired, last);
        }
    }

    private @Nullable LoadedState loadIdle(IdleScan.Expired expired) {
        try {
            return loader.loadIdle(expired.key(), expired.stored());
        } catch (UnreadableStateException e) {
            throw policies.damaged(expired.key(), e);
        }
    }

    /**
     * Ends an idle sequence, whose state is deleted.
     *
     * @throws UnsendableException if the verdict cannot be sent; the end of the sequence becomes a dead letter
     */
    private void endIdle(IdleScan.Expired expired, LoadedState last) {
        byte[] id = expired.key().get();
        boolean wasAnomalous = last.state().verdict().anomalous();
        Verdict verdict = verdict(expired.key(), Ended.IDLE, last);
        notifyListener(verdict, wasAnomalous, last);
        try {
            targets.checkEnd(id, verdict, expired.time(), context.currentSystemTimeMs());
        } catch (UnsendableException e) {
            targets.serializer().discardPrepared();
            counts.refused(e);
            throw e;
        }
        K key = keys.deserializer().deserialize(options.storeName(), id);
        forward(new Record<>(key, verdict, expired.time(), new RecordHeaders()));
        states.release(last);
    }

    @Override
    public void close() {
        reads.close();
        listener.close();
        if (states != null) { // or else init has failed
            states.close();
        }
        if (idle != null) {
            idle.close();
            lookAhead.close();
        }
    }
}
