package io.lstmstreams.topology;

import io.lstmstreams.event.BadEventException;
import io.lstmstreams.metrics.StreamMetrics;
import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.Predictor;
import io.lstmstreams.output.SequenceName;
import io.lstmstreams.output.SequenceOutput;
import io.lstmstreams.output.Verdict;
import io.lstmstreams.output.Verdict.Ended;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.state.StateCodec;
import io.lstmstreams.state.UnreadableStateException;
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
    private final SequenceState state; // of the sequence at hand: filled from the store for each record
    private final Serde<K> keys;
    private final StepOptions options;
    private final StreamMetrics metrics;

    private ProcessorContext<K, SequenceOutput> context;
    private KeyValueStore<Bytes, byte[]> store;
    private IdleScan idle; // null if sequences are never idle

    LstmProcessor(
            RecordReader<V> reader,
            Predictor predictor,
            StateCodec codec,
            SequenceState state,
            Serde<K> keys,
            StepOptions options,
            StreamMetrics metrics) {
        this.reader = reader;
        this.predictor = predictor;
        this.codec = codec;
        this.state = state;
        this.keys = keys;
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
        SequenceEvent event = read(record, id);
        Bytes key = Bytes.wrap(id);
        byte[] stored = store.get(key);
        load(event.start() ? null : stored);
        if (idle != null) {
            idle.observe(record.timestamp(), context.currentSystemTimeMs());
        }

        String sequence = SequenceName.of(id);
        Prediction prediction = null;
        if (event.input() != null) {
            prediction = predictor.advance(sequence, record.timestamp(), event.input(), state);
            count();
        }
        boolean full = options.maxSteps() > 0 && state.steps() >= options.maxSteps();
        boolean ends = event.end() || full;
        Verdict verdict = ends && state.steps() > 0
                ? predictor.end(sequence, event.end() ? Ended.END_RECORD : Ended.MAX_STEPS, state)
                : null;

        if (state.steps() == 0 || ends) {
            forget(key, stored);
        } else if (prediction != null) {
            store.put(key, codec.encode(state));
        }
        if (prediction != null) {
            context.forward(record.withValue(prediction));
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
            throw e;
        }
    }

    /** Fills the state from stored bytes, or with zeros where there are none that this model can read. */
    private void load(byte[] stored) {
        state.reset();
        if (stored == null) {
            return;
        }
        try {
            codec.decode(stored, state);
        } catch (UnreadableStateException e) {
            state.reset();
            metrics.statesDiscarded().increment();
            context.recordMetadata()
                    .ifPresentOrElse(
                            at -> LOG.warn(
                                    "{}; its sequence starts anew with the record at topic {} partition {} offset {}",
                                    e.getMessage(),
                                    at.topic(),
                                    at.partition(),
                                    at.offset()),
                            () -> LOG.warn("{}; its sequence is forgotten", e.getMessage()));
        }
    }

    private void count() {
        metrics.steps().increment();
        if (state.steps() == 1) {
            metrics.started().increment();
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
            load(found.stored());
            store.delete(found.key());
            if (state.steps() > 0) {
                byte[] id = found.key().get();
                Verdict verdict = predictor.end(SequenceName.of(id), Ended.IDLE, state);
                K key = keys.deserializer().deserialize(options.storeName(), id);
                forward(new Record<>(key, verdict, now, new RecordHeaders()));
            }
        }
    }
}
