package io.lstmstreams.metrics;

import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import org.apiguardian.api.API;

/**
 * A counter with one count for each kind. Safe for any number of threads.
 *
 * @param <K> the kinds
 */
@API(status = API.Status.STABLE)
public final class Tally<K extends Enum<K>> {
    private final LongAdder[] counts;

    Tally(Class<K> kinds) {
        this.counts = new LongAdder[kinds.getEnumConstants().length];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
    }

    /** Returns a kind's name in metrics: lower case, with hyphens. */
    public static String nameOf(Enum<?> kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Adds 1 to the count of a kind. */
    public void increment(K kind) {
        counts[kind.ordinal()].increment();
    }

    /** Returns the count of a kind. */
    public long sum(K kind) {
        return counts[kind.ordinal()].sum();
    }

    /** Returns the sum of all counts. */
    public long sum() {
        long all = 0;
        for (LongAdder count : counts) {
            all += count.sum();
        }
        return all;
    }
}
