package io.lstmstreams.runtime;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** The stream threads that have not completed a poll loop for too long. Not thread-safe. */
final class StalledThreads {
    private final Duration limit;
    private final Map<String, Loop> loops = new HashMap<>();

    /** @param limit the time in which a thread that is not stalled completes a loop */
    StalledThreads(Duration limit) {
        this.limit = limit;
    }

    /** The count of a thread's loops, and the time at which the count was first seen. */
    private record Loop(double count, Duration at) {}

    /**
     * Adds a reading.
     *
     * @param polls the completed poll loops of each thread; a thread that is missing has ended
     * @param now the time since a fixed origin
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
