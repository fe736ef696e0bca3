package io.lstmstreams.demo;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts of ended sessions by fault, and of their verdicts. Safe for any number of threads.
 */
final class Tally {
    private final Map<String, Fault> awaited = new HashMap<>(); // sessions without a verdict yet
    private final Map<Fault, Integer> ended = new EnumMap<>(Fault.class);
    private final Map<Fault, Integer> flagged = new EnumMap<>(Fault.class);
    private long verdicts;
    private long anomalous;

    /** Records that a session's end was sent. */
    synchronized void sent(BlockSession session) {
        awaited.put(session.id(), session.fault());
    }

    /** Records a verdict. */
    synchronized void verdict(String sequence, boolean isAnomalous) {
        verdicts++;
        anomalous += isAnomalous ? 1 : 0;
        Fault fault = awaited.remove(sequence);
        if (fault != null) {
            ended.merge(fault, 1, Integer::sum);
            flagged.merge(fault, isAnomalous ? 1 : 0, Integer::sum);
        }
    }

    /** Returns the number of ended sessions that have no verdict yet. */
    synchronized int awaited() {
        return awaited.size();
    }

    synchronized long verdicts() {
        return verdicts;
    }

    synchronized long anomalous() {
        return anomalous;
    }

    /** Returns whether the sessions' faults are known. */
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
        return Fault.INJECTED.stream().mapToInt(this::ended).sum();
    }

    synchronized int flaggedWithFault() {
        return Fault.INJECTED.stream().mapToInt(this::flagged).sum();
    }
}
