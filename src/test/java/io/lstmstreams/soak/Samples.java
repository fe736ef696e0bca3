package io.lstmstreams.soak;

import io.lstmstreams.soak.Sample.StreamThread;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The figures of a run and the problems that they show. Not thread-safe. */
final class Samples {
    /** A stream thread that neither completes a loop nor computes anything for this long is stuck. */
    static final double STUCK_SECONDS = 60;

    /** A stream thread that completes no loop for this long is stuck, even if it computes. */
    static final double LOOP_SECONDS = 300;

    /** A thread that has computed for less than this has done nothing. */
    private static final long COMPUTED = 1_000_000; // ns

    /** The lag, in seconds of the load, above which the load waits for the application. */
    static final double LAG_SECONDS = 20;

    /** The maximum share of the time in which the load waits, for example after the start. */
    private static final double WAITED = 0.01;

    /** The maximum share of the processors that other processes use; above it the lag is not judged. */
    private static final double OTHERS = 0.25;

    /** The maximum share of its time that a stream thread spends on punctuations while records wait. */
    private static final double PUNCTUATE = 0.25;

    private final double perSecond;
    private final List<Sample> all = new ArrayList<>();
    private final Map<String, Sample> lastLoops =
            new HashMap<>(); // by stream thread, the last sample with more loops than before
    private final Map<String, Sample> lastMoves =
            new HashMap<>(); // by stream thread, the last sample with more loops or more processor time
    private Duration waited = Duration.ZERO;

    Samples(double perSecond) {
        this.perSecond = perSecond;
    }

    void add(Sample sample) {
        for (StreamThread now : sample.streamThreads()) {
            StreamThread looped = before(lastLoops, now);
            if (looped == null || looped.polls() != now.polls()) {
                lastLoops.put(now.name(), sample);
                lastMoves.put(now.name(), sample);
            }
            if (now.computed() - before(lastMoves, now).computed() > COMPUTED) {
                lastMoves.put(now.name(), sample);
            }
        }
        all.add(sample);
    }

    private static StreamThread before(Map<String, Sample> samples, StreamThread thread) {
        Sample before = samples.get(thread.name());
        return before == null
                ? null
                : before.streamThreads().stream()
                        .filter(one -> one.name().equals(thread.name()))
                        .findFirst()
                        .orElseThrow();
    }

    /** Returns the names of the stream threads that hang, or that run one loop without end. */
    List<String> stuckThreads() {
        return last().streamThreads().stream()
                .map(StreamThread::name)
                .filter(name -> isAgo(lastMoves.get(name), STUCK_SECONDS) || isAgo(lastLoops.get(name), LOOP_SECONDS))
                .sorted()
                .toList();
    }

    private boolean isAgo(Sample sample, double seconds) {
        return last().seconds() - sample.seconds() >= seconds;
    }

    Sample last() {
        return all.get(all.size() - 1);
    }

    List<Sample> all() {
        return all;
    }

    /** Adds a time in which the load waited because the lag was too large. */
    void waited(Duration time) {
        waited = waited.plus(time);
    }

    /** Returns whether the lag is caused by the application, and not by other processes of the machine. */
    boolean isJudgeOfLag() {
        return Trend.of(all, Sample::others).mean() < OTHERS;
    }

    Duration waited() {
        return waited;
    }

    /** Returns each figure that grows, in one line. */
    List<String> complaints() {
        List<String> complaints = new ArrayList<>();
        if (isJudgeOfLag()) {
            grows(complaints, "lag", "records", 1, Sample::lag, 0, LAG_SECONDS / 2 * perSecond);
            if (waited.toMillis() > WAITED * last().seconds() * 1_000) {
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
        grows(complaints, "the time of punctuations", "of a stream thread's time", 1, Sample::punctuate, 0, 0.05);
        grows(complaints, "heap after GC", "MB", 1e6, Sample::heap, 0.1, 8e6);
        grows(complaints, "resident memory", "MB", 1e6, Sample::resident, 0.1, 64e6);
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
                    "%s must not grow, but grew by %.2f %s in the second half",
                    what,
                    trend.growth() / unitSize,
                    unit));
        }
    }
}
