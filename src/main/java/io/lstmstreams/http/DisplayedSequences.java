package io.lstmstreams.http;

import io.lstmstreams.trace.SequenceSummary;
import io.lstmstreams.trace.StepTrace;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The sequences on the dashboard: each is chosen soon after its start and stays until shortly after its end. Not
 * thread-safe.
 */
final class DisplayedSequences {
    private static final int ROWS = 12;
    private static final int CANDIDATES = 64;
    private static final long AFTER_END = TimeUnit.SECONDS.toNanos(2);
    private static final long WITHOUT_EVENT = TimeUnit.SECONDS.toNanos(15);

    private final Set<String> names = new LinkedHashSet<>();

    List<SequenceSummary> next(StepTrace trace) {
        Map<String, SequenceSummary> known = trace.summaries(names, CANDIDATES);
        long now = System.nanoTime();
        names.removeIf(name -> !known.containsKey(name) || isOver(known.get(name), now));
        known.values().stream()
                .filter(summary -> !summary.ended() && !isOver(summary, now))
                .sorted(Comparator.comparingLong(SequenceSummary::step))
                .map(SequenceSummary::sequence)
                .filter(name -> !names.contains(name))
                .limit(ROWS - names.size())
                .toList()
                .forEach(names::add);
        return names.stream().map(known::get).toList();
    }

    private static boolean isOver(SequenceSummary summary, long now) {
        return now - summary.changedAt() > (summary.ended() ? AFTER_END : WITHOUT_EVENT);
    }
}
