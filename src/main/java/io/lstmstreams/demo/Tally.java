package io.lstmstreams.demo;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/**
 * What was done to the sessions that ended, beside what the verdicts say of them. Safe for any number of threads.
 */
final class Tally {
    private final Map<String, Fault> awaited = new HashMap<>(); // sessions whose verdict is still to come
    private final Map<Fault, Integer> ended = new EnumMap<>(Fault.class);
    private final Map<Fault, Integer> flagged = new EnumMap<>(Fault.class);
    private long verdicts;
    private long anomalous;

    /** A session's end was sent. */
    synchronized void sent(BlockSession session) {
        awaited.put(session.id(), session.fault());
    }

    /** A verdict came. */
    synchronized void verdict(String sequence, boolean isAnomalous) {
        verdicts++;
        anomalous += isAnomalous ? 1 : 0;
        Fault fault = awaited.remove(sequence);
        if (fault != null) {
            ended.merge(fault, 1, Integer::sum);
            flagged.merge(fault, isAnomalous ? 1 : 0, Integer::sum);
        }
    }

    /** Sessions that were ended and have no verdict yet. */
    synchronized int awaited() {
        return awaited.size();
    }

    synchronized long verdicts() {
        return verdicts;
    }

    synchronized long anomalous() {
        return anomalous;
    }

    /** Whether it is known what was done to the sessions. */
    synchronized boolean knowsFaults() {
        return !ended.isEmpty();
    }

    synchronized int ended(Fault fault) {
        return ended.getOrDefault(fault, 0);
    }

    synchronized int flagged(Fault fault) {
        return flagged.getOrDefault(fault, 0);
    }

    synchronized int endedWithFault() {
        return Fault.DAMAGES.stream().mapToInt(this::ended).sum();
    }

    synchronized int flaggedWithFault() {
        return Fault.DAMAGES.stream().mapToInt(this::flagged).sum();
    }
}
