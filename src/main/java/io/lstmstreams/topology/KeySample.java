package io.lstmstreams.topology;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.TreeSet;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * A sample of the keys that a task has processed, about one in {@value #KEYS} of them, independent of how often a key
 * occurs. So Kafka's record cache has few keys between two neighbours of the sample. Not thread-safe.
 */
final class KeySample {
    /** The number of keys of which one is in the sample. */
    static final int KEYS = 512;

    /** The largest size of the sample; times {@link #KEYS}, it is more than the record cache has of one task. */
    private static final int MAX_SIZE = 500;

    private static final int MIX = 0x9E3779B9; // Fibonacci hashing: the high bits depend on all bits

    private final TreeSet<Bytes> keys = new TreeSet<>();
    private final Deque<Bytes> oldestFirst = new ArrayDeque<>();

    /** Adds a key, if its hash is in the sample. */
    void observe(Bytes key) {
        if (Integer.toUnsignedLong(key.hashCode() * MIX) * KEYS >>> Integer.SIZE == 0 && keys.add(key)) {
            oldestFirst.add(key);
            if (oldestFirst.size() > MAX_SIZE) {
                keys.remove(oldestFirst.remove());
            }
        }
    }

    /** Returns the smallest key of the sample that is greater than a key; null if there is none. */
    @Nullable
    Bytes after(Bytes key) {
        return keys.higher(key);
    }
}
