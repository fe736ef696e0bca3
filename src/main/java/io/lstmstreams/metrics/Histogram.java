package io.lstmstreams.metrics;

import java.util.Arrays;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/** How often a value fell where. To take in a value allocates nothing. Safe for any number of threads. */
public final class Histogram {
    private final String name;
    private final String help;
    private final double[] bounds; // ascending; values above the last one have a bucket of their own
    private final LongAdder[] counts; // [bounds + 1]
    private final DoubleAdder sum = new DoubleAdder();

    Histogram(String name, String help, double... bounds) {
        this.name = name;
        this.help = help;
        this.bounds = bounds;
        this.counts = new LongAdder[bounds.length + 1];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
    }

    /** Takes in one value. NaN is left out; infinity counts, but adds nothing to the sum, which could never be used again. */
    public void record(double value) {
        if (Double.isNaN(value)) {
            return;
        }
        int bucket = 0;
        while (bucket < bounds.length && value > bounds[bucket]) {
            bucket++;
        }
        counts[bucket].increment();
        if (value != Double.POSITIVE_INFINITY) {
            sum.add(value);
        }
    }

    /** What it is called, in words with hyphens. */
    public String name() {
        return name;
    }

    /** What it counts. */
    public String help() {
        return help;
    }

    /** The upper bounds of all buckets, the last one of which is infinity. */
    public double[] bounds() {
        double[] all = Arrays.copyOf(bounds, counts.length);
        all[bounds.length] = Double.POSITIVE_INFINITY;
        return all;
    }

    /** How many values each bucket has, without those of the buckets below. */
    public long[] counts() {
        long[] now = new long[counts.length];
        for (int i = 0; i < now.length; i++) {
            now[i] = counts[i].sum();
        }
        return now;
    }

    /** How many values there were. */
    public long count() {
        long all = 0;
        for (LongAdder bucket : counts) {
            all += bucket.sum();
        }
        return all;
    }

    /** What they add up to. */
    public double sum() {
        return sum.sum();
    }
}
