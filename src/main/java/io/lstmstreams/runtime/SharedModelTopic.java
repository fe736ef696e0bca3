package io.lstmstreams.runtime;

import io.lstmstreams.modeltopic.ModelTopic;
import io.lstmstreams.modeltopic.ModelTopicIndex;
import java.time.Duration;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** A models topic that several threads read, one at a time. Safe for any number of threads. */
final class SharedModelTopic implements AutoCloseable {
    private final ModelTopic topic; // guarded by reading, except its index
    private final Lock reading = new ReentrantLock(true);
    private volatile boolean closed;

    SharedModelTopic(ModelTopic topic) {
        this.topic = topic;
    }

    /** Returns the models that were read so far. Never waits. */
    ModelTopicIndex index() {
        return topic.index();
    }

    /** Waits for further records, and reads them. Does nothing after {@link #close}. */
    void poll(Duration timeout) {
        reading.lock();
        try {
            if (!closed) {
                topic.poll(timeout);
            }
        } finally {
            reading.unlock();
        }
    }

    /** Reads the topic to its end. */
    void catchUp() {
        reading.lock();
        try {
            topic.catchUp();
        } finally {
            reading.unlock();
        }
    }

    /** Returns whether the record at an offset is read, if necessary after reading the topic to its end. */
    boolean reaches(long offset) {
        reading.lock();
        try {
            if (topic.position() <= offset) {
                topic.catchUp();
            }
            return topic.position() > offset;
        } finally {
            reading.unlock();
        }
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        reading.lock();
        try {
            topic.close();
        } finally {
            reading.unlock();
        }
    }
}
