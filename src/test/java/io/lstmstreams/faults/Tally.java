package io.lstmstreams.faults;

import java.util.List;

/**
 * What a comparison found.
 *
 * @param what was compared
 * @param expected answers
 * @param found answers
 * @param lost answers that are expected and not there
 * @param doubled answers that are there once more
 * @param outOfOrder answers that come after a later one of their sequence, or in another partition
 * @param different answers with other bytes, or that nobody expects
 * @param examples of the first few of these, for people
 */
record Tally(
        String what,
        long expected,
        long found,
        long lost,
        long doubled,
        long outOfOrder,
        long different,
        List<String> examples) {

    /** Whether all is as it should be. */
    boolean isClean() {
        return found == expected && lost == 0 && doubled == 0 && outOfOrder == 0 && different == 0;
    }
}
