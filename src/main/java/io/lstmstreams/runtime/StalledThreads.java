package io.lstmstreams.runtime;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** The stream threads that have not completed a poll loop for too long. Not thread-safe. */
final class StalledThreads {
    private final Duration limit;
    private final Map<String, Loop> loops = new HashMap<>();

    /** @param limit the time in which a thread completes a loop, if only in vain */
    StalledThreads(Duration limit) {
        this.limit = limit;
    }

    /** The last loop that was seen: the count of loops, and the time at which it first had this value. */
    private record Loop(double count, Duration at) {}

    /**
     * Adds a reading.
     *
     * @param polls completed poll loops, by thread; a thread that is missing has ended
     * @param now the time since any origin
     * @return the time since the last loop of each stalled thread, by the thread's name
     */
    Map<String, Duration> add(Map<String, Double> polls, Duration now) {
        loops.keySet().retainAll(polls.keySet());
        Map<String, Duration> stalled = new TreeMap<>();
        polls.forEach((thread, count) -> {
            Loop last = loops.get(thread);
            if (last == null || last.count() != count) {
                loops.put(thread, new Loop(count, now));
            } else if (now.minus(last.at()).compareTo(limit) >= 0) {
                stalled.put(thread, now.minus(last.at()));
            }
        });
        return stalled;
    }
}
