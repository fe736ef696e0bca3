package io.lstmstreams.demo;

import io.lstmstreams.recurrent.Readable;
import java.io.PrintStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A live picture of the demo on a terminal, redrawn in place. Not thread-safe. */
final class Picture {
    private static final String BOLD = "\033[1m";
    private static final String RED = "\033[31m";
    private static final String DIM = "\033[2m";
    private static final String PLAIN = "\033[0m";
    private static final String REST_OF_LINE = "\033[K";
    private static final String REST_OF_SCREEN = "\033[J";
    private static final String CLEAR = "\033[2J\033[H";
    private static final int LINES_OF_ANOMALY = 3;
    private static final int SAMPLES = 8; // two seconds at four pictures per second

    private final PrintStream out;
    private final EventNames names;
    private final Deque<long[]> samples = new ArrayDeque<>(); // [nanoseconds, events]
    private int linesDrawn;
    private @Nullable ScreenSize drawnOn; // null before the first picture

    /** The counts of events, of live and of ended sequences, and of those among them that are anomalous. */
    record Numbers(long events, int live, long ended, long anomalous) {}

    Picture(PrintStream out, EventNames names) {
        this.out = out;
        this.names = names;
    }

    /** Draws the current numbers over the previous picture, with as many anomalies as the terminal has room for. */
    void draw(ScreenSize screen, Numbers numbers, List<Anomaly> latest, long secondsLeft) {
        List<String> lines = new ArrayList<>(lines(screen, numbers));
        String left = secondsLeft < 0 ? "" : DIM + "   (" + secondsLeft + " s left)" + PLAIN;
        lines.add("  " + BOLD + "Latest anomalies" + PLAIN + left);
        int room = Math.max(0, (screen.rows() - 1 - lines.size()) / LINES_OF_ANOMALY);
        for (Anomaly anomaly : latest.subList(0, Math.min(room, latest.size()))) {
            lines.addAll(lines(anomaly, screen.columns() - 1)); // a line that wraps would break the redrawing in place
        }
        StringBuilder text = new StringBuilder();
        if (!screen.equals(drawnOn)) {
            text.append(drawnOn == null ? "" : CLEAR);
        } else {
            text.append("\033[").append(linesDrawn).append('A');
        }
        lines.forEach(line -> text.append(line).append(REST_OF_LINE).append('\n'));
        out.print(text.append(REST_OF_SCREEN));
        out.flush();
        drawnOn = screen;
        linesDrawn = lines.size();
    }

    private List<String> lines(ScreenSize screen, Numbers numbers) {
        String rate = BOLD + "%,7.0f".formatted(rate(numbers.events())) + PLAIN + " events/s";
        String live = BOLD + "%,6d".formatted(numbers.live()) + PLAIN + " live sequences";
        String ended = BOLD + "%,6d".formatted(numbers.ended()) + PLAIN + " ended";
        String anomalous = BOLD + RED + "%,6d".formatted(numbers.anomalous()) + PLAIN + " anomalous";
        if (screen.isSmall()) {
            return List.of(rate + "      " + ended, " " + live + anomalous);
        }
        return List.of(
                "",
                "  " + rate + "   " + live + "   " + ended + "   " + anomalous,
                "",
                "  " + DIM + "Each event advances its own sequence by one LSTM step. It is an anomaly if" + PLAIN,
                "  " + DIM + "the model's prediction before the event gave it hardly any chance." + PLAIN,
                "");
    }

    private double rate(long events) {
        samples.addLast(new long[] {System.nanoTime(), events});
        if (samples.size() > SAMPLES) {
            samples.removeFirst();
        }
        long nanos = samples.getLast()[0] - samples.getFirst()[0];
        return nanos == 0 ? 0 : (events - samples.getFirst()[1]) * 1e9 / nanos;
    }

    private List<String> lines(Anomaly anomaly, int width) {
        String observed = chance(anomaly.probability()) + " at step " + anomaly.step() + " of " + anomaly.sequence();
        String expected = "expected " + names.describe(anomaly.expected()) + " ("
                + Readable.percent(anomaly.expectedProbability()) + ")";
        return List.of(
                "  " + RED + shortened(names.describe(anomaly.event()), width - 2) + PLAIN,
                "    " + shortened(observed, width - 4),
                "    " + DIM + shortened(expected, width - 4) + PLAIN);
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
                        Readable.percent(anomaly.expectedProbability()));
    }

    private static String chance(double probability) {
        return probability < 1e-9
                ? "less than 1 chance in a billion"
                : String.format(Locale.ROOT, "1 chance in %,d", Math.round(1 / probability));
    }

    private static String shortened(String text, int length) {
        return text.length() <= length ? text : text.substring(0, Math.max(0, length - 3)) + "...";
    }
}
