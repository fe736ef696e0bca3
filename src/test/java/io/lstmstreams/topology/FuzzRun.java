package io.lstmstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.waiting.CpuTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * The length and the output of a fuzz test. In every build it is short and silent. With {@code -Dfuzz.records=1000000
 * -Dtest.heap=256m} it is long, prints the memory in use, and fails if the memory grows. {@code -Dfuzz.seed} repeats a
 * run.
 */
final class FuzzRun {
    private static final String LONG_RUN = "fuzz.records";
    private static final int SHORT = 20_000;
    private static final int POINTS = 5;

    /**
     * The maximum growth in bytes. Kafka's record cache fills during the run: 10 MiB by its own count, and 25 MiB in
     * fact.
     */
    private static final long MAY_GROW = 32L << 20;

    private final String name;
    private final int count;
    private final long seed = Long.getLong("fuzz.seed", System.nanoTime());
    private final long start = System.nanoTime();
    private final List<Long> used = new ArrayList<>();
    private long before = CpuTime.nanos();
    private long longest;

    /**
     * Creates a run.
     *
     * @param parts the number of tests that share the total number of records
     */
    FuzzRun(String name, int parts) {
        this.name = name;
        this.count = (Integer.getInteger(LONG_RUN, SHORT) + parts - 1) / parts;
    }

    int count() {
        return count;
    }

    Random random() {
        return new Random(seed);
    }

    @Override
    public String toString() {
        return name + " with -Dfuzz.seed=" + seed;
    }

    /** Counts a record as done. */
    void done(int number) {
        long now = CpuTime.nanos();
        longest = Math.max(longest, now - before);
        before = now;
        if (Integer.getInteger(LONG_RUN) != null && (number + 1) % (count / POINTS) == 0) {
            System.gc();
            used.add(Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
            before = CpuTime.nanos();
        }
    }

    /** Reports the end of the run, and checks the measured memory. */
    void end() {
        assertThat(longest).as("longest time of one, ns; " + this).isLessThan(TimeUnit.SECONDS.toNanos(10));
        if (used.isEmpty()) {
            return;
        }
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
        System.out.printf(
                "%s: %,d in %d s, the longest took %d ms, heap in use %s MiB of %d%n",
                this,
                count,
                seconds,
                TimeUnit.NANOSECONDS.toMillis(longest),
                used.stream().map(bytes -> bytes >> 20).toList(),
                Runtime.getRuntime().maxMemory() >> 20);
        assertThat(used.get(used.size() - 1)).as("memory at the end; " + this).isLessThan(used.get(0) + MAY_GROW);
    }
}
