package io.lstmstreams.runtime;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/**
 * Decides whether the stream is behind, which means that it has a lag that does not fall.
 *
 * <p>A lag is small if the stream processes it in {@link #SMALL}. The stream is behind if, during the last
 * {@link #WINDOW}, the lag was never small, and the smallest lag of the window's second half is not less than that of
 * the first half. So neither a steady small lag counts, nor a large lag that an application works off after a
 * restart. The stream is no longer behind when the lag is small or has fallen by a tenth; a lag that varies about the
 * same value changes nothing. When partitions are added or removed, the window starts again. Not thread-safe.
 */
final class Backlog {
    /** The time for which the lag is observed. */
    static final Duration WINDOW = Duration.ofMinutes(5);
    /** The time in which the stream processes a small lag. */
    static final Duration SMALL = Duration.ofSeconds(30);

    private static final double FALLEN = 0.9;

    private final Deque<Sample> samples = new ArrayDeque<>();
    private Set<String> partitions = Set.of();
    private boolean behind;
    private double lagWhenBehind;

    private record Sample(Duration at, double lag, double consumed) {}

    /**
     * Adds a reading.
     *
     * @param now the time since a fixed origin
     * @return true if the stream is behind
     */
    boolean add(StreamReading reading, Duration now) {
        if (!partitions.equals(reading.lags().keySet())) {
            partitions = reading.lags().keySet();
            samples.clear();
            behind = false;
        }
        samples.addLast(new Sample(now, reading.lag(), reading.consumed()));
        if (now.minus(samples.getFirst().at()).compareTo(WINDOW) >= 0) {
            judge(now);
            samples.removeFirst();
        }
        return behind;
    }

    private void judge(Duration now) {
        Sample first = samples.getFirst();
        Sample last = samples.getLast();
        double seconds = now.minus(first.at()).toMillis() / 1_000.0;
        double small = (last.consumed() - first.consumed()) / seconds * SMALL.toSeconds();
        Duration middle = first.at().plus(now.minus(first.at()).dividedBy(2));
        double before = least(first.at(), middle);
        double after = least(middle, now);
        if (behind) {
            behind = last.lag() > small && last.lag() > lagWhenBehind * FALLEN;
        } else {
            behind = Math.min(before, after) > small && after >= before;
            lagWhenBehind = after;
        }
    }

    private double least(Duration from, Duration to) {
        return samples.stream()
                .filter(sample ->
                        sample.at().compareTo(from) >= 0 && sample.at().compareTo(to) <= 0)
                .mapToDouble(Sample::lag)
                .min()
                .orElse(0);
    }
}
