package io.lstmstreams.soak;

import io.lstmstreams.soak.Sample.StreamThread;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The figures of a run and what is wrong with them. Not thread-safe. */
final class Samples {
    /** A stream thread that completes no loop for this long is stuck: it completes many in a second. */
    static final double STUCK_SECONDS = 60;

    /** The lag in seconds of the load beyond which the load waits for the application. */
    static final double LAG_SECONDS = 20;

    /** The share of the processors that others may take before the lag is theirs. */
    private static final double OTHERS = 0.25;

    /** The share of its time that a stream thread may spend on punctuations, while records wait. */
    private static final double PUNCTUATE = 0.5;

    private final double perSecond;
    private final List<Sample> all = new ArrayList<>();
    private final Map<String, Sample> lastMoves = new HashMap<>(); // by stream thread, with more loops than before
    private Duration waited = Duration.ZERO;

    Samples(double perSecond) {
        this.perSecond = perSecond;
    }

    void add(Sample sample) {
        for (StreamThread thread : sample.streamThreads()) {
            Sample before = lastMoves.get(thread.name());
            if (before == null || polls(before, thread.name()) != thread.polls()) {
                lastMoves.put(thread.name(), sample);
            }
        }
        all.add(sample);
    }

    private static long polls(Sample sample, String thread) {
        return sample.streamThreads().stream()
                .filter(one -> one.name().equals(thread))
                .mapToLong(StreamThread::polls)
                .findFirst()
                .orElse(0);
    }

    /** Returns the names of the stream threads that complete no loops. */
    List<String> stuckThreads() {
        return lastMoves.entrySet().stream()
                .filter(move -> last().seconds() - move.getValue().seconds() >= STUCK_SECONDS)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    Sample last() {
        return all.get(all.size() - 1);
    }

    List<Sample> all() {
        return all;
    }

    /** Adds time for which the load waited because the lag was too large. */
    void waited(Duration time) {
        waited = waited.plus(time);
    }

    /** Returns whether the lag is the application's own, and not of a machine that others use. */
    boolean isJudgeOfLag() {
        return Trend.of(all, Sample::others).mean() < OTHERS;
    }

    Duration waited() {
        return waited;
    }

    /** Returns everything that grows, in one line each. */
    List<String> complaints() {
        List<String> complaints = new ArrayList<>();
        if (isJudgeOfLag()) {
            grows(complaints, "lag", "records", 1, Sample::lag, 0, LAG_SECONDS / 2 * perSecond);
            if (waited.toSeconds() > 0) {
                complaints.add("the application must keep up, but the load waited " + waited.toSeconds() + " s for it");
            }
        }
        double punctuate = Trend.of(all, Sample::punctuate).mean();
        if (punctuate > PUNCTUATE) {
            complaints.add(String.format(
                    Locale.ROOT,
                    "punctuations must take at most %.2f of a stream thread's time, but took %.2f",
                    PUNCTUATE,
                    punctuate));
        }
        grows(complaints, "heap after GC", "MB", 1e6, Sample::heap, 0.1, 8e6);
        grows(complaints, "resident memory", "MB", 1e6, Sample::resident, 0.1, 32e6);
        grows(complaints, "open files and sockets", "handles", 1, Sample::handles, 0.1, 10);
        grows(complaints, "Java threads", "threads", 1, Sample::threads, 0.1, 10);
        return complaints;
    }

    private void grows(
            List<String> complaints,
            String what,
            String unit,
            double unitSize,
            ToDoubleFunction<Sample> figure,
            double share,
            double amount) {
        Trend trend = Trend.of(all, figure);
        if (trend.exceeds(share, amount)) {
            complaints.add(String.format(
                    Locale.ROOT,
                    "%s must not grow, but grew by %.1f %s in the second half",
                    what,
                    trend.growth() / unitSize,
                    unit));
        }
    }
}
