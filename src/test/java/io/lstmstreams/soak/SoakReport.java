package io.lstmstreams.soak;

import io.lstmstreams.load.Tally;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The findings of a soak.
 *
 * @param tallies the findings of the comparison with replay; empty if the run ended earlier
 * @param statesLeft the number of sequences that still have a state, which should be 0
 * @param summary the summary of the HTTP requests
 * @param problems all other problems
 */
record SoakReport(
        SoakSettings settings,
        Samples samples,
        List<Tally> tallies,
        int statesLeft,
        String summary,
        List<String> problems,
        Duration time) {

    boolean isClean() {
        return complaints().isEmpty();
    }

    /** Returns the problems, one a line. */
    List<String> complaints() {
        List<String> complaints = new ArrayList<>(problems);
        complaints.addAll(samples.complaints());
        tallies.forEach(tally -> complaints.addAll(tally.examples()));
        if (tallies.isEmpty() || !tallies.stream().allMatch(Tally::isClean)) {
            complaints.add("the results were not all as replay makes them");
        }
        if (statesLeft > 0) {
            complaints.add("no sequence may have a state at the end, but " + statesLeft + " have");
        }
        return complaints;
    }

    void print(PrintStream out) {
        out.println();
        Tally.print(tallies, out);
        out.println(summary);
        if (!samples.isJudgeOfLag()) {
            out.println("lag was not judged: other processes took too much of the machine");
        }
        complaints().forEach(out::println);
        Sample last = samples.last();
        out.printf(
                Locale.ROOT,
                "seed %d: %d records in %d s, for %d s of which the load waited, growth in the second half: heap %.1f MB, rss %.1f MB, handles %.1f, threads %.1f: %s%n",
                settings.seed(),
                last.sent(),
                time.toSeconds(),
                samples.waited().toSeconds(),
                Trend.of(samples.all(), Sample::heap).growth() / 1e6,
                Trend.of(samples.all(), Sample::resident).growth() / 1e6,
                Trend.of(samples.all(), Sample::handles).growth(),
                Trend.of(samples.all(), Sample::threads).growth(),
                isClean() ? "passed" : "FAILED");
    }
}
