package io.lstmstreams.runtime;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/**
 * Decides whether the stream is behind: whether it has had a lag for a while that does not fall.
 *
 * <p>It is behind when, for the whole of the last {@link #WINDOW}, the lag was more than it processes in {@link #SMALL}, and the least lag
 * of the window's second half is not below that of the first. So neither a steady small lag counts, nor a large one that an
 * application works off after a restart. It is no longer behind when the lag is small again or has fallen by a tenth; a lag that
 * goes up and down about the same value changes nothing. When partitions come or go, it starts again. Not thread-safe.
 */
final class Backlog {
    static final Duration WINDOW = Duration.ofMinutes(5);
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
     * @param now the time since any origin
     * @return whether the stream is behind
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
