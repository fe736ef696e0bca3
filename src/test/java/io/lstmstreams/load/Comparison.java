package io.lstmstreams.load;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A comparison of answers with the expected ones: each once, in order, with the same bytes. Not thread-safe. */
public final class Comparison {
    private static final int EXAMPLES = 5; // of each kind

    private final String what;
    private final Map<String, Answer> expected;
    private final Set<String> found = new HashSet<>();
    private final Map<String, Last> last = new HashMap<>(); // by key
    private final Map<String, Integer> counts = new HashMap<>();
    private final List<String> examples = new ArrayList<>();
    private long taken;

    /** The position of a sequence's latest answer. */
    private record Last(int partition, int position) {}

    /**
     * Creates a comparison.
     *
     * @param expected the expected answers by the id of the record that is answered
     */
    public Comparison(String what, Map<String, Answer> expected) {
        this.what = what;
        this.expected = expected;
    }

    /** Compares the next answer of a partition. */
    public void take(int partition, String id, String key, String value) {
        taken++;
        Answer answer = expected.get(id);
        if (answer == null) {
            count("different", "nobody expects " + id + ": " + value);
            return;
        }
        if (!answer.matches(key, value)) {
            count("different", id + " of " + key + ": " + value + " instead of " + answer);
        }
        if (!found.add(id)) {
            count("doubled", id + " of " + key);
            return;
        }
        Last before = last.put(key, new Last(partition, answer.position()));
        if (before != null && (before.partition() != partition || before.position() > answer.position())) {
            count("out of order", id + " of " + key);
        }
    }

    private void count(String kind, String example) {
        if (counts.merge(kind, 1, Integer::sum) <= EXAMPLES) {
            examples.add(what + " " + kind + ": " + example);
        }
    }

    /** Returns whether each expected answer was found. */
    public boolean hasAll() {
        return found.size() == expected.size();
    }

    /** Returns the number of answers compared. */
    public long taken() {
        return taken;
    }

    /** Returns the findings so far. */
    public Tally tally() {
        List<String> all = new ArrayList<>(examples);
        expected.keySet().stream()
                .filter(id -> !found.contains(id))
                .limit(EXAMPLES)
                .forEach(id -> all.add(
                        what + " lost: " + id + " of " + expected.get(id).key()));
        return new Tally(
                what,
                expected.size(),
                taken,
                expected.size() - found.size(),
                counts.getOrDefault("doubled", 0),
                counts.getOrDefault("out of order", 0),
                counts.getOrDefault("different", 0),
                all);
    }
}
