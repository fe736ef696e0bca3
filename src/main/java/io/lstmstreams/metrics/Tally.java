package io.lstmstreams.metrics;

import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts of one thing by its kind. Safe for any number of threads.
 *
 * @param <K> the kinds there are
 */
public final class Tally<K extends Enum<K>> {
    private final LongAdder[] counts;

    Tally(Class<K> kinds) {
        this.counts = new LongAdder[kinds.getEnumConstants().length];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
    }

    /** How a kind is written. */
    public static String nameOf(Enum<?> kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** One more of a kind. */
    public void increment(K kind) {
        counts[kind.ordinal()].increment();
    }

    /** How many of a kind there were. */
    public long sum(K kind) {
        return counts[kind.ordinal()].sum();
    }

    /** How many there were of all kinds. */
    public long sum() {
        long all = 0;
        for (LongAdder count : counts) {
            all += count.sum();
        }
        return all;
    }
}
