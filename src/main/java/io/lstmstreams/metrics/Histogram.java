package io.lstmstreams.metrics;

import java.util.Arrays;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import org.apiguardian.api.API;

/** A histogram with fixed buckets. Recording a value allocates nothing. Safe for any number of threads. */
@API(status = API.Status.STABLE)
public final class Histogram {
    private final String name;
    private final String help;
    private final double[] bounds; // ascending; one more bucket has the values above the last bound
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

    /** Records a value. Ignores NaN. Counts infinity but does not add it to the sum, which would stay infinite. */
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

    /** Returns the name, in words with hyphens. */
    public String name() {
        return name;
    }

    /** Returns the description. */
    public String help() {
        return help;
    }

    /** Returns the upper bounds of all buckets; the last bound is infinity. */
    public double[] bounds() {
        double[] all = Arrays.copyOf(bounds, counts.length);
        all[bounds.length] = Double.POSITIVE_INFINITY;
        return all;
    }

    /** Returns the number of values in each bucket, not cumulative. */
    public long[] counts() {
        long[] now = new long[counts.length];
        for (int i = 0; i < now.length; i++) {
            now[i] = counts[i].sum();
        }
        return now;
    }

    /** Returns the number of values. */
    public long count() {
        long all = 0;
        for (LongAdder bucket : counts) {
            all += bucket.sum();
        }
        return all;
    }

    /** Returns the sum of the values. */
    public double sum() {
        return sum.sum();
    }
}
