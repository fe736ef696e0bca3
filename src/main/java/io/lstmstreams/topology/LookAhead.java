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

/**
 * Precomputes steps: finds records of other sequences that were fetched already, so that their sequences advance together with the
 * one at hand, and holds the results until the turn of these records comes. Before that nothing is stored, sent or counted, so a
 * record whose turn never comes has no effect. Nothing waits. Belongs to a processor.
 *
 * @param <K> the key's type
 * @param <V> the value's type
 */
final class LookAhead<K, V> {
    /** The number of fetched records that are looked at for one step, as a multiple of the capacity. */
    private static final int REACH = 4;

    private final FetchedRecords fetched;
    private final Deserializer<K> keys;
    private final Deserializer<V> values;
    private final int capacity;
    private final Map<Bytes, Ahead> ahead = new HashMap<>();
    private final Set<Bytes> waiting = new HashSet<>(); // sequences whose later records must wait
    private TopicPartition partition; // the source of the records; null before the first record

    private record Ahead(long offset, Step step) {}

    /** @param capacity the largest number of sequences that advance together; 1 turns precomputation off */
    LookAhead(FetchedRecords fetched, Deserializer<K> keys, Deserializer<V> values, int capacity) {
        this.fetched = fetched;
        this.keys = keys;
        this.values = values;
        this.capacity = capacity;
    }

    /**
     * Returns the precomputed step of a record whose turn has come.
     *
     * @return null if there is none, or if the sequence has had another record since
     */
    Step take(Bytes key, Optional<RecordMetadata> at, long timestamp) {
        Ahead found = ahead.remove(key);
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
     * @param metadata the position of the record at hand
     * @param key the sequence of the record at hand, which is left out
     * @param reader reads a record and its state without any effect, or returns null if the record must wait for its turn. Called in
     *     the order of the records
     */
    List<Step> beside(Optional<RecordMetadata> metadata, Bytes key, Function<Record<K, V>, Step> reader) {
        if (capacity == 1 || metadata.isEmpty()) {
            return List.of();
        }
        RecordMetadata at = metadata.get();
        if (partition == null
                || partition.partition() != at.partition()
                || !partition.topic().equals(at.topic())) {
            partition = new TopicPartition(at.topic(), at.partition());
        }
        List<Step> beside = new ArrayList<>(capacity);
        waiting.clear();
        waiting.add(key);
        Iterator<Fetched> records = fetched.after(partition, at.offset());
        for (int i = 0; i < REACH * capacity && beside.size() < capacity - 1 && records.hasNext(); i++) {
            Fetched record = records.next();
            if (record.ahead()
                    || record.key() == null
                    || ahead.containsKey(record.key())
                    || !waiting.add(record.key())) {
                continue;
            }
            Step step = read(record.record(), reader);
            if (step != null) {
                record.setAhead();
                ahead.put(step.key, new Ahead(record.record().offset(), step));
                beside.add(step);
            }
        }
        return beside;
    }

    /** Returns null for a record that must wait for its turn; its errors are found then. */
    private Step read(ConsumerRecord<byte[], byte[]> record, Function<Record<K, V>, Step> reader) {
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
        ahead.remove(key);
    }

    /** Drops all precomputed steps. */
    void forgetAll() {
        ahead.clear();
    }

    /** Drops everything. */
    void close() {
        forgetAll();
        if (partition != null) {
            fetched.forget(partition);
        }
    }
}
