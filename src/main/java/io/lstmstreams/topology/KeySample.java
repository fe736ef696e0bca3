package io.lstmstreams.topology;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.TreeSet;
import org.apache.kafka.common.utils.Bytes;

/**
 * A sample of the keys that a task has processed, about one in {@value #KEYS} of them however often it came: where two of them are
 * neighbours, Kafka's record cache has few keys between them. Not thread-safe.
 */
final class KeySample {
    /** Keys of which one is in the sample. */
    static final int KEYS = 512;

    /** The most keys in the sample; together with {@link #KEYS} more than the record cache has of one task. */
    private static final int MOST = 500;

    private static final int MIX = 0x9E3779B9; // Fibonacci hashing: the high bits depend on all bits

    private final TreeSet<Bytes> keys = new TreeSet<>();
    private final Deque<Bytes> oldestFirst = new ArrayDeque<>();

    /** Takes note of a key. */
    void observe(Bytes key) {
        if (Integer.toUnsignedLong(key.hashCode() * MIX) * KEYS >>> Integer.SIZE == 0 && keys.add(key)) {
            oldestFirst.add(key);
            if (oldestFirst.size() > MOST) {
                keys.remove(oldestFirst.remove());
            }
        }
    }

    /** Returns the next key of the sample after this one; null if there is none. */
    Bytes after(Bytes key) {
        return keys.higher(key);
    }
}
