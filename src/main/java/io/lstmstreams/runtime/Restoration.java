package io.lstmstreams.runtime;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.StateRestoreListener;

/** How far the states are that are being read back from their topics. Safe for any number of threads. */
final class Restoration implements StateRestoreListener {
    private final Map<TopicPartition, Long> ends = new ConcurrentHashMap<>();
    private final Map<TopicPartition, Long> remaining = new ConcurrentHashMap<>();

    /** Offsets that are still to be read; zero where all states are there. */
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
        // Of offsets, not of records: those of transactions and of what was compacted away are passed over.
        remaining.computeIfPresent(partition, (any, before) -> Math.max(0, ends.get(partition) - last - 1));
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
