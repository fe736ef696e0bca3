package io.lstmstreams.runtime;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.StateRestoreListener;

/** The progress of the states that are being restored from their changelogs. Safe for any number of threads. */
final class Restoration implements StateRestoreListener {
    private final Map<TopicPartition, Long> ends = new ConcurrentHashMap<>();
    private final Map<TopicPartition, Long> remaining = new ConcurrentHashMap<>();

    /** Returns the number of offsets that are still to be read; 0 if all states are restored. */
    long remaining() {
        return remaining.values().stream().mapToLong(Long::longValue).sum();
    }

    @Override
    public void onRestoreStart(TopicPartition partition, String store, long from, long to) {
        ends.put(partition, to);
        remaining.put(partition, Math.max(0, to - from));
    }

    @Override
    public void onBatchRestored(TopicPartition partition, String store, long last, long restored) {
        // Counts offsets and not records: compacted records and transaction markers have offsets too.
        remaining.computeIfPresent(
                partition, (any, before) -> Math.max(0, ends.getOrDefault(partition, last) - last - 1));
    }

    @Override
    public void onRestoreEnd(TopicPartition partition, String store, long restored) {
        remaining.remove(partition);
    }

    @Override
    public void onRestoreSuspended(TopicPartition partition, String store, long restored) {
        remaining.remove(partition);
    }
}
