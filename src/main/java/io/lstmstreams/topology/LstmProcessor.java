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
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
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
    private final StreamMetrics metrics;
    private final StepTrace trace; // null where nobody looks on
    private final StateReads reads; // null where nobody asks
    private final LiveSequences live;

    private ProcessorContext<K, SequenceOutput> context;
    private KeyValueStore<Bytes, byte[]> store;
    private Tap tap; // null where nobody looks on
    private IdleScan idle; // null once there is nothing more to look for
    private Cancellable ticks; // of the same
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
            StreamMetrics metrics,
            StepTrace trace,
            StateReads reads) {
        this.reader = reader;
        this.models = models;
        this.states = states;
        this.keys = keys;
        this.lookAhead = lookAhead;
        this.options = options;
        this.metrics = metrics;
        this.trace = trace;
        this.reads = reads;
        this.live = new LiveSequences(metrics.live());
    }

    @Override
    public void init(ProcessorContext<K, SequenceOutput> context) {
        this.context = context;
        this.store = context.getStateStore(options.storeName());
        tap = trace == null ? null : trace.tap();
        if (options.modelsStoreName() != null) {
            models.init(context.taskId(), context.getStateStore(options.modelsStoreName()));
        }
        idle = new IdleScan(
                store,
                live,
                options.idleTimeout(),
                options.idleTime(),
                context::currentSystemTimeMs,
                context.currentSystemTimeMs());
        ticks = context.schedule(IdleScan.INTERVAL, PunctuationType.WALL_CLOCK_TIME, this::endIdle);
        counts = new StepCounts(context, metrics, options);
        records = new StepReader<>(reader, states, store, live, options, counts);
        StreamSensors.register(context, options.storeName(), metrics);
        if (reads != null) {
            taskReads = reads.open(context, store);
        }
    }

    @Override
    public void process(Record<K, V> record) {
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
        if (idle != null) {
            idle.observe(key, record.timestamp(), context.currentSystemTimeMs());
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

    /** What a record that was stepped changes and sends. */
    private void finish(Record<K, V> record, Stepped stepped) {
        SequenceState state = stepped.state;
        SequenceEvent event = stepped.event;
        counts.finished(stepped);
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
            live.changed(stepped.key, stepped.stored, true);
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
        live.changed(stepped.key, stepped.stored, false);
        if (state.recentEvents().size() > 0) {
            state.steppedAt(context.currentSystemTimeMs());
            store.put(stepped.key, stepped.model.codec().encodeEnded(state));
        } else if (stepped.stored != null) {
            store.delete(stepped.key);
        }
    }

    private void forward(Record<K, Verdict> verdict) {
        counts.ended(verdict.value());
        context.forward(verdict);
    }

    private void endIdle(long wallClock) {
        long now = idle.time(context.currentStreamTimeMs(), wallClock);
        idle.next(now, wallClock, found -> end(found, now));
        if (live.isComplete() && !options.hasIdle()) {
            ticks.cancel();
            idle = null;
        }
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
            throw records.unreadable(found.key(), e);
        }
        store.delete(found.key());
        live.changed(found.key(), found.stored(), false);
        if (opened == null) {
            counts.forgotten();
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
        taskReads.close();
        states.clear();
        if (tap != null) {
            tap.close();
        }
        live.close();
        if (lookAhead != null) {
            lookAhead.close();
        }
    }
}
