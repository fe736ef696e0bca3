package io.lstmstreams.topology;

import io.lstmstreams.config.LateEvents;
import io.lstmstreams.event.BadEventException;
import io.lstmstreams.input.UnknownEventException;
import io.lstmstreams.metrics.StreamMetrics;
import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.Predictor;
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
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
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
    private final Predictor predictor;
    private final StateCodec codec;
    private final BusyStates states;
    private final Serde<K> keys;
    private final LookAhead<K, V> lookAhead; // null where records are stepped one by one
    private final StepOptions options;
    private final StreamMetrics metrics;
    private final LogThrottle warnings = new LogThrottle(LOG::warn, System::nanoTime);

    private ProcessorContext<K, SequenceOutput> context;
    private KeyValueStore<Bytes, byte[]> store;
    private IdleScan idle; // null if sequences are never idle

    LstmProcessor(
            RecordReader<V> reader,
            Predictor predictor,
            StateCodec codec,
            BusyStates states,
            Serde<K> keys,
            LookAhead<K, V> lookAhead,
            StepOptions options,
            StreamMetrics metrics) {
        this.reader = reader;
        this.predictor = predictor;
        this.codec = codec;
        this.states = states;
        this.keys = keys;
        this.lookAhead = lookAhead;
        this.options = options;
        this.metrics = metrics;
    }

    @Override
    public void init(ProcessorContext<K, SequenceOutput> context) {
        this.context = context;
        this.store = context.getStateStore(options.storeName());
        if (!options.idleTimeout().isZero()) {
            idle = new IdleScan(store, options.idleTimeout().toMillis(), context.currentSystemTimeMs());
            context.schedule(IdleScan.INTERVAL, PunctuationType.WALL_CLOCK_TIME, this::endIdle);
        }
    }

    @Override
    public void process(Record<K, V> record) {
        byte[] id = keys.serializer().serialize(options.storeName(), record.key());
        Bytes key = Bytes.wrap(id); // null without an id
        Stepped stepped = steppedAhead(key, record);
        if (stepped == null) {
            SequenceEvent event = read(record, id);
            byte[] stored = store.get(key);
            SequenceState state = load(key, event.start() ? null : stored);
            stepped = new Stepped(key, record.timestamp(), event, stored, state);
            if (isLate(stepped)) {
                stepped = withoutLateEvent(stepped);
            }
            step(stepped);
        }
        if (idle != null) {
            idle.observe(record.timestamp(), context.currentSystemTimeMs());
        }
        finish(record, stepped);
    }

    private Stepped steppedAhead(Bytes key, Record<K, V> record) {
        if (lookAhead == null || key == null || context.recordMetadata().isEmpty()) {
            return null;
        }
        return lookAhead.take(key, context.recordMetadata().get(), record.timestamp());
    }

    /** Steps a record, and with it those of other sequences that come soon. */
    private void step(Stepped stepped) {
        if (stepped.event.input() == null) {
            return;
        }
        List<Stepped> together = new ArrayList<>();
        together.add(stepped);
        if (lookAhead != null && context.recordMetadata().isPresent()) {
            together.addAll(lookAhead.beside(context.recordMetadata().get(), stepped.key, this::readAhead));
        }
        List<SequenceStep> steps = new ArrayList<>(together.size());
        for (Stepped one : together) {
            steps.add(new SequenceStep(SequenceName.of(one.key.get()), one.timestamp, one.event.input(), one.state));
        }
        List<Prediction> predictions = predictor.advance(steps);
        for (int i = 0; i < predictions.size(); i++) {
            together.get(i).prediction = predictions.get(i);
        }
    }

    /** A record of the future and its state; null for one that is nothing but a step. */
    private Stepped readAhead(Record<K, V> record) {
        byte[] id = keys.serializer().serialize(options.storeName(), record.key());
        SequenceEvent event = reader.read(record, id);
        if (event.input() == null) {
            return null;
        }
        Bytes key = Bytes.wrap(id);
        byte[] stored = store.get(key);
        // Throws where the bytes are damaged, which is dealt with when the record comes.
        SequenceState state = state(key, event.start() ? null : stored);
        Stepped ahead = new Stepped(key, record.timestamp(), event, stored, state);
        if (isLate(ahead)) {
            keepUnchanged(ahead);
            return null;
        }
        return ahead;
    }

    private boolean isLate(Stepped record) {
        return options.lateEvents() != LateEvents.PROCESS
                && record.event.input() != null
                && record.state.steps() > 0
                && record.timestamp >= 0
                && record.timestamp < record.state.lastEventTime();
    }

    /** What is left of a record whose event is late. */
    private Stepped withoutLateEvent(Stepped late) {
        metrics.lateEvents().increment();
        if (options.lateEvents() == LateEvents.DROP) {
            SequenceEvent rest = new SequenceEvent(null, false, late.event.end(), late.event.unknown());
            return new Stepped(late.key, late.timestamp, rest, late.stored, late.state);
        }
        keepUnchanged(late);
        metrics.deadLetters().increment();
        long by = late.state.lastEventTime() - late.timestamp;
        throw new BadEventException("the event is " + by + " ms older than the last one of its sequence");
    }

    private void keepUnchanged(Stepped record) {
        states.keep(record.key, record.stored, record.state);
    }

    /** What a record that was stepped changes and sends. */
    private void finish(Record<K, V> record, Stepped stepped) {
        SequenceState state = stepped.state;
        SequenceEvent event = stepped.event;
        count(stepped);
        boolean full = options.maxSteps() > 0 && state.steps() >= options.maxSteps();
        boolean ends = event.end() || full;
        Verdict verdict = null;
        if (ends && state.steps() > 0) {
            Ended ended = event.end() ? Ended.END_RECORD : Ended.MAX_STEPS;
            verdict = predictor.end(SequenceName.of(stepped.key.get()), ended, state);
        }
        if (state.steps() == 0 || ends) {
            forget(stepped.key, stepped.stored);
            states.release(state);
        } else if (stepped.prediction != null) {
            byte[] stored = codec.encode(state);
            store.put(stepped.key, stored);
            states.keep(stepped.key, stored, state);
        } else {
            keepUnchanged(stepped);
        }
        if (stepped.prediction != null) {
            context.forward(record.withValue(stepped.prediction));
        }
        if (verdict != null) {
            forward(record.withValue(verdict));
        }
    }

    private SequenceEvent read(Record<K, V> record, byte[] id) {
        try {
            return reader.read(record, id);
        } catch (BadEventException e) {
            metrics.deadLetters().increment();
            if (e instanceof UnknownEventException) {
                metrics.unknownEvents().increment();
            }
            throw e;
        }
    }

    /**
     * The state that stored bytes stand for, or of zeros where there are none.
     *
     * @throws UnreadableStateException if this model cannot read them
     */
    private SequenceState state(Bytes key, byte[] stored) {
        SequenceState busy = states.take(key, stored);
        if (busy != null) {
            return busy;
        }
        SequenceState state = states.blank();
        if (stored != null) {
            codec.decode(stored, state);
        }
        return state;
    }

    /** The same, of zeros too where this model cannot read the bytes, which is counted and said. */
    private SequenceState load(Bytes key, byte[] stored) {
        try {
            return state(key, stored);
        } catch (UnreadableStateException e) {
            metrics.statesDiscarded().increment();
            warnings.log(() -> e.getMessage()
                    + context.recordMetadata()
                            .map(at -> "; its sequence starts anew with the record at topic %s partition %d offset %d"
                                    .formatted(at.topic(), at.partition(), at.offset()))
                            .orElse("; its sequence is forgotten"));
            return states.blank();
        }
    }

    private void count(Stepped stepped) {
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

    private void forget(Bytes key, byte[] stored) {
        if (stored != null) {
            store.delete(key);
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
        for (IdleScan.Idle found : idle.next(now)) {
            if (lookAhead != null) {
                lookAhead.forget(found.key());
            }
            SequenceState state = load(found.key(), found.stored());
            store.delete(found.key());
            if (state.steps() > 0) {
                byte[] id = found.key().get();
                Verdict verdict = predictor.end(SequenceName.of(id), Ended.IDLE, state);
                K key = keys.deserializer().deserialize(options.storeName(), id);
                forward(new Record<>(key, verdict, now, new RecordHeaders()));
            }
            states.release(state);
        }
    }

    @Override
    public void close() {
        states.clear();
        if (lookAhead != null) {
            lookAhead.close();
        }
    }
}
