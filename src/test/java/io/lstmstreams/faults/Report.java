package io.lstmstreams.faults;

import io.lstmstreams.load.Tally;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The results of a run.
 *
 * @param injected the number of injected faults by kind
 * @param starts the number of starts of instances
 * @param ends the number of instances that ended by themselves
 * @param records the number of records sent
 * @param lists the number of lists of sequences that instances have answered
 * @param statesLeft the number of sequences that still have a state, which should be 0
 * @param problems all other problems
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

    /** Returns whether all faults were injected and nothing was lost, doubled, out of order or different. */
    boolean isClean() {
        return problems.isEmpty() && statesLeft == 0 && tallies.stream().allMatch(Tally::isClean) && isComplete();
    }

    private int count() {
        return injected.values().stream().mapToInt(Integer::intValue).sum();
    }

    private boolean isComplete() {
        return count() == settings.faults()
                && tallies.stream().allMatch(tally -> tally.expected() > 0) // otherwise nothing was compared
                && lists > 0;
    }

    /** Returns the problems, one a line. */
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
