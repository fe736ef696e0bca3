package io.lstmstreams.trace;

import java.util.Arrays;

/** A histogram of latencies from 1 ms to a day, with 8 buckets for each power of two. Not thread-safe. */
public final class Latencies {
    private static final long MAX_MS = 24L * 60 * 60 * 1000;
    private static final int PARTS = 3; // 2^3 buckets for each power of two

    private final long[] counts = new long[bucket(MAX_MS) + 1];

    private static int bucket(long ms) {
        int shift = Math.max(0, Long.SIZE - 1 - PARTS - Long.numberOfLeadingZeros(ms | 1));
        return (shift << PARTS) + (int) (ms >>> shift);
    }

    /** Adds a latency. Ignores negative latencies and latencies over a day, whose events are not current. */
    void record(long ms) {
        if (ms >= 0 && ms <= MAX_MS) {
            counts[bucket(ms)]++;
        }
    }

    /** Adds all latencies of another histogram, and empties it. */
    void drain(Latencies others) {
        add(others);
        Arrays.fill(others.counts, 0);
    }

    /** Adds all latencies of another histogram. */
    public void add(Latencies others) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += others.counts[i];
        }
    }

    /** Returns the number of latencies. */
    public long count() {
        long all = 0;
        for (long count : counts) {
            all += count;
        }
        return all;
    }

    /**
     * Returns a quantile, with a relative error of at most 1/8.
     *
     * @param share the share of latencies up to the quantile, 0 to 1
     * @return the quantile in milliseconds; 0 if there is no latency
     */
    public long quantile(double share) {
        long left = (long) Math.ceil(share * count());
        for (int i = 0; i < counts.length; i++) {
            left -= counts[i];
            if (left <= 0) {
                return value(i);
            }
        }
        return value(counts.length - 1);
    }

    private static long value(int bucket) {
        int shift = Math.max(0, (bucket >> PARTS) - 1);
        return (long) (bucket - (shift << PARTS)) << shift;
    }
}
