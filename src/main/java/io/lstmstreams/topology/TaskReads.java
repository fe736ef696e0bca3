package io.lstmstreams.topology;

import org.apache.kafka.common.utils.Bytes;

/** The part of a task in answering {@linkplain StateReads reads} of its states. Called by its stream thread. */
interface TaskReads {
    /** The part of a task that nobody can ask. */
    TaskReads NONE = new TaskReads() {
        @Override
        public void processing(Bytes key) {}

        @Override
        public void close() {}
    };

    /**
     * Answers open reads before a record is processed.
     *
     * @param key the record's; null if it has none
     */
    void processing(Bytes key);

    /** Fails the open reads: the partition belongs to another task from here on. */
    void close();
}
