package io.lstmstreams.load;

import java.io.PrintStream;
import java.util.List;

/**
 * The findings of a comparison.
 *
 * @param what the kind of answers
 * @param expected the number of expected answers
 * @param found the number of answers found
 * @param lost the number of expected answers that were not found
 * @param doubled the number of answers that were found again
 * @param outOfOrder the number of answers after a later one of their sequence, or in another partition
 * @param different the number of answers with other bytes, or that were not expected
 * @param examples the first few of these, for people
 */
public record Tally(
        String what,
        long expected,
        long found,
        long lost,
        long doubled,
        long outOfOrder,
        long different,
        List<String> examples) {

    /** Returns whether everything is as expected. */
    public boolean isClean() {
        return found == expected && lost == 0 && doubled == 0 && outOfOrder == 0 && different == 0;
    }

    /** Prints a table of tallies. */
    public static void print(List<Tally> tallies, PrintStream out) {
        out.printf(
                "%-14s %10s %10s %6s %8s %13s %10s%n",
                "", "expected", "found", "lost", "doubled", "out of order", "different");
        for (Tally tally : tallies) {
            out.printf(
                    "%-14s %10d %10d %6d %8d %13d %10d%n",
                    tally.what(),
                    tally.expected(),
                    tally.found(),
                    tally.lost(),
                    tally.doubled(),
                    tally.outOfOrder(),
                    tally.different());
        }
        out.println();
    }
}
