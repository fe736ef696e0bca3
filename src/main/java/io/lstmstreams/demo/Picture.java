package io.lstmstreams.demo;

import java.io.PrintStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/** A live picture of the demo on a terminal of at least 80 by 24 characters, redrawn in place. Not thread-safe. */
final class Picture {
    private static final String BOLD = "\033[1m";
    private static final String RED = "\033[31m";
    private static final String DIM = "\033[2m";
    private static final String PLAIN = "\033[0m";
    private static final String REST_OF_LINE = "\033[K";
    private static final int WIDTH = 79; // a line that wraps would break the redrawing in place
    private static final int SAMPLES = 8; // two seconds at four pictures per second

    private final PrintStream out;
    private final EventNames names;
    private final Deque<long[]> samples = new ArrayDeque<>(); // [nanoseconds, events]
    private int linesDrawn;

    Picture(PrintStream out, EventNames names) {
        this.out = out;
        this.names = names;
    }

    /** Draws the current numbers over the previous picture. */
    void draw(ResultWatcher results, Tally tally, long secondsLeft) {
        StringBuilder text = new StringBuilder();
        if (linesDrawn > 0) {
            text.append("\033[").append(linesDrawn).append('A');
        }
        linesDrawn = 0;
        line(text, "");
        line(
                text,
                "  %s%,7.0f%s events/s   %s%,6d%s live sequences   %s%,6d%s ended   %s%,5d%s anomalous"
                        .formatted(
                                BOLD,
                                rate(results.events()),
                                PLAIN,
                                BOLD,
                                results.liveSequences(),
                                PLAIN,
                                BOLD,
                                tally.verdicts(),
                                PLAIN,
                                BOLD + RED,
                                tally.anomalous(),
                                PLAIN));
        line(text, "");
        line(text, "  " + DIM + "Each event advances its own sequence by one LSTM step. It is an anomaly if" + PLAIN);
        line(text, "  " + DIM + "the model's prediction before the event gave it hardly any chance." + PLAIN);
        line(text, "");
        line(
                text,
                "  " + BOLD + "Latest anomalies" + PLAIN
                        + (secondsLeft < 0 ? "" : DIM + "   (" + secondsLeft + " s left)" + PLAIN));
        for (Anomaly anomaly : results.latest()) {
            lines(anomaly).forEach(each -> line(text, each));
        }
        out.print(text);
        out.flush();
    }

    private double rate(long events) {
        samples.addLast(new long[] {System.nanoTime(), events});
        if (samples.size() > SAMPLES) {
            samples.removeFirst();
        }
        long nanos = samples.getLast()[0] - samples.getFirst()[0];
        return nanos == 0 ? 0 : (events - samples.getFirst()[1]) * 1e9 / nanos;
    }

    private List<String> lines(Anomaly anomaly) {
        return List.of(
                "  " + RED + shortened(names.describe(anomaly.event()), WIDTH - 2) + PLAIN,
                "    "
                        + shortened(
                                "step %d of %s: %s"
                                        .formatted(anomaly.step(), anomaly.sequence(), chance(anomaly.probability())),
                                WIDTH - 4),
                "    " + DIM
                        + shortened(
                                "expected %s (%s)"
                                        .formatted(
                                                names.describe(anomaly.expected()),
                                                percent(anomaly.expectedProbability())),
                                WIDTH - 4)
                        + PLAIN);
    }

    /** Returns an anomaly in one line without colours, for output that is not a terminal. */
    static String plain(Anomaly anomaly, EventNames names) {
        return "anomaly  %s, step %d: %s, %s; expected %s (%s)"
                .formatted(
                        anomaly.sequence(),
                        anomaly.step(),
                        names.describe(anomaly.event()),
                        chance(anomaly.probability()),
                        names.describe(anomaly.expected()),
                        percent(anomaly.expectedProbability()));
    }

    private static String chance(double probability) {
        return probability < 1e-9
                ? "less than 1 chance in a billion"
                : String.format(Locale.ROOT, "1 chance in %,d", Math.round(1 / probability));
    }

    private static String percent(double probability) {
        return String.format(Locale.ROOT, probability >= 0.1 ? "%.0f %%" : "%.1f %%", 100 * probability);
    }

    private static String shortened(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length - 3) + "...";
    }

    private void line(StringBuilder text, String line) {
        text.append(line).append(REST_OF_LINE).append('\n');
        linesDrawn++;
    }
}
