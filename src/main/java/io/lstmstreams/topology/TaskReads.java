package io.lstmstreams.topology;

import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/** The reads of one task's states by other threads, see {@link StateReads}. Called by the task's stream thread. */
interface TaskReads {
    /** A task whose states no other thread reads. */
    TaskReads NONE = new TaskReads() {
        @Override
        public void processing(@Nullable Bytes key) {}

        @Override
        public void close() {}
    };

    /**
     * Answers open reads before a record is processed.
     *
     * @param key the record's sequence id; null if it has none
     */
    void processing(@Nullable Bytes key);

    /** Fails the open reads, because another task owns the partition from now on. */
    void close();
}
