package io.lstmstreams.trace;

import java.util.Arrays;

/** A histogram of latencies from 1 ms to a day, with 8 buckets for each power of two. Not thread-safe. */
public final class Latencies {
    private static final long LONGEST = 24L * 60 * 60 * 1000;
    private static final int PARTS = 3; // 2^3 buckets for each power of two

    private final long[] counts = new long[bucket(LONGEST) + 1];

    private static int bucket(long ms) {
        int shift = Math.max(0, Long.SIZE - 1 - PARTS - Long.numberOfLeadingZeros(ms | 1));
        return (shift << PARTS) + (int) (ms >>> shift);
    }

    /** Adds a latency. Ignores negative ones and those over a day: the event is not current. */
    void record(long ms) {
        if (ms >= 0 && ms <= LONGEST) {
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
     * Returns a quantile, exact to an eighth of it.
     *
     * @param share of the latencies, 0 to 1
     * @return milliseconds, or 0 if there is no latency
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
