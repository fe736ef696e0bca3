package io.lstmstreams.faults;

import io.lstmstreams.load.Tally;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What came of a run.
 *
 * @param injected faults, by kind
 * @param starts of instances
 * @param ends of instances by themselves
 * @param records sent
 * @param lists of sequences that instances have answered with
 * @param statesLeft sequences that still have a state, where none should have
 * @param problems whatever else was not as it should be
 */
record Report(
        Settings settings,
        Map<FaultKind, Integer> injected,
        int starts,
        int ends,
        long records,
        long lists,
        List<Tally> tallies,
        int statesLeft,
        List<String> problems,
        Duration time) {

    /** Whether all faults were injected and nothing was lost, doubled, out of order or different. */
    boolean isClean() {
        return problems.isEmpty() && statesLeft == 0 && tallies.stream().allMatch(Tally::isClean) && isComplete();
    }

    private int count() {
        return injected.values().stream().mapToInt(Integer::intValue).sum();
    }

    private boolean isComplete() {
        return count() == settings.faults()
                && tallies.stream().allMatch(tally -> tally.expected() > 0) // or nothing was compared
                && lists > 0;
    }

    /** What is wrong, line by line. */
    List<String> complaints() {
        List<String> complaints = new ArrayList<>(problems);
        tallies.forEach(tally -> complaints.addAll(tally.examples()));
        if (!isComplete()) {
            complaints.add(count() + " of " + settings.faults() + " faults were injected");
        }
        return complaints;
    }

    void print(PrintStream out) {
        out.println();
        injected.forEach((kind, count) -> out.printf("%5d  %s%n", count, kind.text()));
        out.printf("%5d  faults injected of %d%n%n", count(), settings.faults());
        Tally.print(tallies, out);
        complaints().forEach(out::println);
        out.printf(
                Locale.ROOT,
                "seed %d: %d records sent, %d lists of sequences asked for, %d starts of instances, of which %d after they had ended by themselves, %d states left, %d s: %s%n",
                settings.seed(),
                records,
                lists,
                starts,
                ends,
                statesLeft,
                time.toSeconds(),
                isClean() ? "passed" : "FAILED");
    }
}
