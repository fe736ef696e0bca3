package io.lstmstreams.demo;

import static io.lstmstreams.demo.BlockGrammar.ALLOCATED;
import static io.lstmstreams.demo.BlockGrammar.STORED;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * An injector of faults into normal sessions, as a failing cluster causes them: not a single event too many or too
 * few, which a log collector may cause, but a failed phase of the block's life cycle. {@link BlockGrammar} never
 * produces the result, so the fault is real.
 */
final class FaultInjector {

    /** The events that data nodes log when they fail to write a replica. */
    private static final List<List<String>> WRITE_FAILURES = List.of(
            List.of("E7"),
            List.of("E10", "E7"),
            List.of("E14", "E7", "E8"),
            List.of("E12", "E14", "E7"),
            List.of("E10", "E14", "E8"));

    private static final List<String> FAILED_TRANSFER = List.of("E25", "E18", "E17");
    private static final String FAILED_DELETION = "E20";

    private FaultInjector() {}

    /** Returns a faulty copy of a normal session's events. */
    static List<String> inject(Fault fault, List<String> normal, RandomGenerator random) {
        List<String> events;
        do {
            events = new ArrayList<>(normal);
            damage(fault, events, random);
        } while (BlockGrammar.isLifeCycle(events));
        return events;
    }

    private static void damage(Fault fault, List<String> events, RandomGenerator random) {
        switch (fault) {
            case CUT_SHORT -> cutShort(events, random);
            case EXCEPTION -> throwException(events, random);
            case OUT_OF_PLACE -> displace(events, random);
            case REPEATED -> repeatPhase(events, random);
            case MISSING -> leaveOut(events, random);
            case NONE -> throw new IllegalArgumentException("no fault to inject");
        }
    }

    /** Removes the end: the writer fails at least three events before the last replica is stored. */
    private static void cutShort(List<String> events, RandomGenerator random) {
        events.subList(random.nextInt(2, STORED - 2), events.size()).clear();
    }

    /** Adds the events of a data node that fails to write, transfer or delete a replica. */
    private static void throwException(List<String> events, RandomGenerator random) {
        int deletion = events.indexOf("E21");
        switch (random.nextInt(deletion < 0 ? 2 : 3)) {
            case 0 ->
                events.addAll(
                        random.nextInt(ALLOCATED, STORED), WRITE_FAILURES.get(random.nextInt(WRITE_FAILURES.size())));
            case 1 -> events.addAll(STORED, FAILED_TRANSFER);
            default -> events.add(random.nextInt(deletion, events.size()) + 1, FAILED_DELETION);
        }
    }

    /** Moves an event of the allocation, or one of a later phase, between the events that store the replicas. */
    private static void displace(List<String> events, RandomGenerator random) {
        boolean tooLate = events.size() == STORED || random.nextBoolean();
        String event = events.remove(tooLate ? random.nextInt(ALLOCATED) : random.nextInt(STORED, events.size()));
        events.add(random.nextInt(ALLOCATED + 1, STORED - 1), event);
    }

    /** Repeats the allocation, the storing or the deletion. */
    private static void repeatPhase(List<String> events, RandomGenerator random) {
        int deletion = events.indexOf("E23");
        switch (random.nextInt(deletion < 0 ? 2 : 3)) {
            case 0 -> events.addAll(0, List.copyOf(events.subList(0, ALLOCATED)));
            case 1 -> events.addAll(ALLOCATED, List.copyOf(events.subList(ALLOCATED, STORED)));
            default -> events.addAll(List.copyOf(events.subList(deletion, events.size())));
        }
    }

    /** Removes most of allocation and storing, but not the first event. */
    private static void leaveOut(List<String> events, RandomGenerator random) {
        int count = random.nextInt(6, 10);
        int from = random.nextInt(1, STORED - count + 1);
        events.subList(from, from + count).clear();
    }
}
