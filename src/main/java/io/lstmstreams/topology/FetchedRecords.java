package io.lstmstreams.topology;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsConfig;

/**
 * The records that an application's stream threads have fetched and not yet processed, so that a step can see which sequences
 * come next. One for each application, made known to its consumers by {@link #consumerSettings}.
 *
 * <p>Only partitions that are asked for are kept. Each stream thread sees what itself has fetched, and shares nothing with
 * the others.
 */
public final class FetchedRecords {
    private static final String CONFIG = "lstm.fetched.records";

    private final ThreadLocal<Map<TopicPartition, Deque<Fetched>>> partitions = ThreadLocal.withInitial(HashMap::new);

    /** A record, and what its thread has done with it. */
    static final class Fetched {
        private final ConsumerRecord<byte[], byte[]> record;
        private final Bytes key;
        private boolean ahead;

        private Fetched(ConsumerRecord<byte[], byte[]> record) {
            this.record = record;
            this.key = record.key() == null ? null : Bytes.wrap(record.key());
        }

        ConsumerRecord<byte[], byte[]> record() {
            return record;
        }

        /** The record's key, always the same object, whose hash is worked out once; null if it has none. */
        Bytes key() {
            return key;
        }

        /** Returns whether its step was precomputed. */
        boolean ahead() {
            return ahead;
        }

        void setAhead() {
            ahead = true;
        }
    }

    /**
     * What the configuration of Kafka Streams must hold, so that the records come by here.
     *
     * @param interceptors other interceptors of the main consumer, classes or their names, which come before
     */
    public Map<String, Object> consumerSettings(List<?> interceptors) {
        List<Object> all = new ArrayList<>(interceptors);
        all.add(Interceptor.class.getName());
        return Map.of(
                StreamsConfig.mainConsumerPrefix(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG),
                all,
                StreamsConfig.mainConsumerPrefix(CONFIG),
                this);
    }

    private void add(ConsumerRecords<byte[], byte[]> records) {
        partitions.get().forEach((partition, queue) -> {
            List<ConsumerRecord<byte[], byte[]>> fetched = records.records(partition);
            boolean wentBack = !fetched.isEmpty()
                    && !queue.isEmpty()
                    && queue.getLast().record.offset() >= fetched.get(0).offset();
            if (wentBack) {
                queue.clear();
            }
            fetched.forEach(record -> queue.add(new Fetched(record)));
        });
    }

    /**
     * The records of a partition that come after an offset, in order. From its first call on the partition's records are
     * kept, so some that were fetched before may be missing. Those up to the offset are let go.
     */
    Iterator<Fetched> after(TopicPartition partition, long offset) {
        Deque<Fetched> queue = partitions.get().computeIfAbsent(partition, kept -> new ArrayDeque<>());
        while (!queue.isEmpty() && queue.getFirst().record.offset() <= offset) {
            queue.removeFirst();
        }
        return queue.iterator();
    }

    /** Keeps a partition's records no longer. */
    void forget(TopicPartition partition) {
        partitions.get().remove(partition);
    }

    /** Called by Kafka's consumers with what they fetched; changes nothing. */
    public static final class Interceptor implements ConsumerInterceptor<byte[], byte[]> {
        private FetchedRecords records;

        /** Called by Kafka. */
        public Interceptor() {}

        @Override
        public void configure(Map<String, ?> configs) {
            records = (FetchedRecords) configs.get(CONFIG);
        }

        @Override
        public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> fetched) {
            records.add(fetched);
            return fetched;
        }

        @Override
        public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

        @Override
        public void close() {}
    }
}
