package io.lstmstreams.trace;

import java.util.Arrays;

/** How long events took, in buckets an eighth apart, from 1 ms to a day. One thread at a time. */
public final class Latencies {
    private static final long LONGEST = 24L * 60 * 60 * 1000;
    private static final int PARTS = 3; // 2^3 buckets for each power of two

    private final long[] counts = new long[bucket(LONGEST) + 1];

    private static int bucket(long ms) {
        int shift = Math.max(0, Long.SIZE - 1 - PARTS - Long.numberOfLeadingZeros(ms | 1));
        return (shift << PARTS) + (int) (ms >>> shift);
    }

    /** Takes in one; what is not within a day is no time of this kind, but that of an old event. */
    void record(long ms) {
        if (ms >= 0 && ms <= LONGEST) {
            counts[bucket(ms)]++;
        }
    }

    /** Takes in what others have, and empties them. */
    void drain(Latencies others) {
        add(others);
        Arrays.fill(others.counts, 0);
    }

    /** Takes in what others have. */
    public void add(Latencies others) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += others.counts[i];
        }
    }

    /** How many there are. */
    public long count() {
        long all = 0;
        for (long count : counts) {
            all += count;
        }
        return all;
    }

    /**
     * The time that a share of all stays within, to an eighth of it.
     *
     * @param share 0 to 1
     * @return milliseconds; 0 if there are none
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
