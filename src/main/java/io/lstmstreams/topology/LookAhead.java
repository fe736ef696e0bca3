package io.lstmstreams.topology;

import io.lstmstreams.topology.FetchedRecords.Fetched;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Precomputes steps. It finds fetched records of other sequences, so that those sequences advance together with the
 * current one, and holds their steps until the records are processed. Until then nothing is stored, sent or counted,
 * so a record that is never processed has no effect. No record waits for another. Not thread-safe.
 *
 * @param <K> the type of a record's key
 * @param <V> the type of a record's value
 */
final class LookAhead<K, V> {
    /** The number of fetched records that one step reads ahead, as a multiple of the batch size. */
    private static final int REACH = 4;

    private final FetchedRecords fetched;
    private final Deserializer<K> keys;
    private final Deserializer<V> values;
    private final int batchSize;
    private final Map<Bytes, Precomputed> precomputed = new HashMap<>();
    private final Set<Bytes> passed = new HashSet<>(); // sequences whose later records must wait
    private @Nullable TopicPartition partition; // the source of the records; null before the first record

    /** The step of the record at an offset. */
    private record Precomputed(long offset, Step step) {}

    /** @param batchSize the largest number of sequences that advance together; 1 to precompute nothing */
    LookAhead(FetchedRecords fetched, Deserializer<K> keys, Deserializer<V> values, int batchSize) {
        this.fetched = fetched;
        this.keys = keys;
        this.values = values;
        this.batchSize = batchSize;
    }

    /**
     * Removes and returns the precomputed step of a record.
     *
     * @param key the sequence id; null if the record has none
     * @return null if the step was not precomputed, or if its sequence has changed since
     */
    @Nullable
    Step take(@Nullable Bytes key, Optional<RecordMetadata> at, long timestamp) {
        Precomputed found = precomputed.remove(key);
        return found != null
                        && at.isPresent()
                        && found.offset() == at.get().offset()
                        && found.step().timestamp == timestamp
                ? found.step()
                : null;
    }

    /**
     * Reads the next records of other sequences, at most one of each sequence.
     *
     * @param metadata the position of the current record
     * @param key the sequence of the current record
     * @param reader reads a record and its state without any effect, or returns null if the record must wait for its
     *     turn; called in the order of the records
     * @return the steps, to be advanced together with the current one; at most the batch size less 1
     */
    List<Step> next(Optional<RecordMetadata> metadata, Bytes key, Function<Record<K, V>, @Nullable Step> reader) {
        if (batchSize == 1 || metadata.isEmpty()) {
            return List.of();
        }
        RecordMetadata at = metadata.get();
        List<Step> steps = new ArrayList<>(batchSize);
        passed.clear();
        passed.add(key);
        Iterator<Fetched> records = fetched.after(partition(at), at.offset());
        for (int i = 0; i < REACH * batchSize && steps.size() < batchSize - 1 && records.hasNext(); i++) {
            Fetched record = records.next();
            if (record.isPrecomputed() || !isFirst(record.key())) {
                continue;
            }
            Step step = read(record.record(), reader);
            if (step != null) {
                record.setPrecomputed();
                precomputed.put(step.key, new Precomputed(record.record().offset(), step));
                steps.add(step);
            }
        }
        return steps;
    }

    /** Returns whether a record is the first of its sequence that is still to be processed. */
    private boolean isFirst(@Nullable Bytes key) {
        return key != null && !precomputed.containsKey(key) && passed.add(key);
    }

    private TopicPartition partition(RecordMetadata at) {
        TopicPartition known = partition;
        if (known == null
                || known.partition() != at.partition()
                || !known.topic().equals(at.topic())) {
            known = new TopicPartition(at.topic(), at.partition());
            partition = known;
        }
        return known;
    }

    /** Reads a record ahead of its turn. Returns null if the record must wait; its errors are found then. */
    private @Nullable Step read(ConsumerRecord<byte[], byte[]> record, Function<Record<K, V>, @Nullable Step> reader) {
        if (record.timestamp() < 0) {
            return null;
        }
        try {
            K key = keys.deserialize(record.topic(), record.headers(), record.key());
            V value = record.value() == null
                    ? null
                    : values.deserialize(record.topic(), record.headers(), record.value());
            return reader.apply(new Record<>(key, value, record.timestamp(), record.headers()));
        } catch (RuntimeException e) {
            return null;
        }
    }

    /** Drops the precomputed step of a sequence whose state has changed. */
    void forget(Bytes key) {
        precomputed.remove(key);
    }

    /** Drops all precomputed steps. */
    void forgetAll() {
        precomputed.clear();
    }

    /** Drops all precomputed steps and the fetched records of the partition. */
    void close() {
        forgetAll();
        if (partition != null) {
            fetched.forget(partition);
        }
    }
}
