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
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/**
 * The records that the stream threads of an application have fetched and not processed yet. There is one for each
 * application; {@link #consumerSettings} makes it known to the consumers.
 *
 * <p>A partition's records are held from the first request for them on. Each stream thread sees the records that it has
 * fetched itself, and shares nothing with other threads.
 */
@API(status = API.Status.STABLE)
public final class FetchedRecords {
    private static final String CONFIG = "lstm.fetched.records";

    private final ThreadLocal<Map<TopicPartition, Deque<Fetched>>> partitions = ThreadLocal.withInitial(HashMap::new);

    /** A fetched record, and whether its step was precomputed. */
    static final class Fetched {
        private final ConsumerRecord<byte[], byte[]> record;
        private final @Nullable Bytes key;
        private boolean precomputed;

        private Fetched(ConsumerRecord<byte[], byte[]> record) {
            this.record = record;
            this.key = record.key() == null ? null : Bytes.wrap(record.key());
        }

        ConsumerRecord<byte[], byte[]> record() {
            return record;
        }

        /** Returns the record's key, always the same object so that its hash is computed once; null if it has none. */
        @Nullable
        Bytes key() {
            return key;
        }

        boolean isPrecomputed() {
            return precomputed;
        }

        void setPrecomputed() {
            precomputed = true;
        }
    }

    /**
     * Returns the settings of Kafka Streams through which the consumers hand over their records.
     *
     * @param interceptors other interceptors of the main consumer, classes or their names, which are called first
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
     * Returns the fetched records of a partition after an offset, in order, and drops those up to the offset. The
     * first call starts to hold the partition's records, so records that were fetched before are missing.
     */
    Iterator<Fetched> after(TopicPartition partition, long offset) {
        Deque<Fetched> queue = partitions.get().computeIfAbsent(partition, held -> new ArrayDeque<>());
        while (!queue.isEmpty() && queue.getFirst().record.offset() <= offset) {
            queue.removeFirst();
        }
        return queue.iterator();
    }

    /** Drops the records of a partition, and holds no more of them. */
    void forget(TopicPartition partition) {
        partitions.get().remove(partition);
    }

    /** Hands over the records that a consumer has fetched, and changes none of them. Created by Kafka. */
    public static final class Interceptor implements ConsumerInterceptor<byte[], byte[]> {
        private FetchedRecords records;

        /** Creates an interceptor that {@link #configure} connects. */
        public Interceptor() {}

        @Override
        public void configure(Map<String, ?> configs) {
            records = configs.get(CONFIG) instanceof FetchedRecords known ? known : new FetchedRecords();
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
