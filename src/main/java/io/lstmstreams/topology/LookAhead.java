package io.lstmstreams.topology;

import io.lstmstreams.topology.FetchedRecords.Fetched;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * Finds records of other sequences that come soon, so that they are stepped together with the one at hand, and keeps what came
 * out until their turn comes. Nothing is stored, sent or counted before that, so a record that never comes was never
 * stepped; nothing waits, because only records that are already there take part. Belongs to a processor.
 *
 * @param <K> the key's type
 * @param <V> the value's type
 */
final class LookAhead<K, V> {
    /** How far it looks for one step, as a multiple of the sequences that it looks for. */
    private static final int REACH = 4;

    private final FetchedRecords fetched;
    private final Deserializer<K> keys;
    private final Deserializer<V> values;
    private final int capacity;
    private final Map<Bytes, Ahead> ahead = new HashMap<>();
    private final Set<Bytes> waiting = new HashSet<>(); // sequences of which no later record may be stepped
    private TopicPartition partition; // where the records come from; null before the first one

    private record Ahead(long offset, Stepped stepped) {}

    /** @param capacity how many sequences are stepped together at most, the one at hand among them */
    LookAhead(FetchedRecords fetched, Deserializer<K> keys, Deserializer<V> values, int capacity) {
        this.fetched = fetched;
        this.keys = keys;
        this.values = values;
        this.capacity = capacity;
    }

    /**
     * The record as it was stepped ahead of its turn, which has now come.
     *
     * @return null if it was not, or if its sequence has had another record since
     */
    Stepped take(Bytes key, RecordMetadata at, long timestamp) {
        Ahead found = ahead.remove(key);
        return found != null && found.offset() == at.offset() && found.stepped().timestamp == timestamp
                ? found.stepped()
                : null;
    }

    /**
     * Records of other sequences that come soon, no two of one sequence.
     *
     * @param at where the record at hand comes from
     * @param key the sequence at hand, which is left out
     * @param reader reads a record and its state, without a trace; null if the record shall wait for its turn. Called in the
     *     records' order
     */
    List<Stepped> beside(RecordMetadata at, Bytes key, Function<Record<K, V>, Stepped> reader) {
        if (partition == null
                || partition.partition() != at.partition()
                || !partition.topic().equals(at.topic())) {
            partition = new TopicPartition(at.topic(), at.partition());
        }
        List<Stepped> beside = new ArrayList<>(capacity);
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
            Stepped stepped = read(record.record(), reader);
            if (stepped != null) {
                record.setAhead();
                ahead.put(stepped.key, new Ahead(record.record().offset(), stepped));
                beside.add(stepped);
            }
        }
        return beside;
    }

    /** Null for a record that has to wait for its turn: whatever is wrong with it is found then. */
    private Stepped read(ConsumerRecord<byte[], byte[]> record, Function<Record<K, V>, Stepped> reader) {
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

    /** Drops what was stepped ahead for a sequence, because its state has changed. */
    void forget(Bytes key) {
        ahead.remove(key);
    }

    /** Drops all that was stepped ahead. */
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
