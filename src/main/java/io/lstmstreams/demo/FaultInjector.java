package io.lstmstreams.demo;

import static io.lstmstreams.demo.BlockGrammar.ALLOCATED;
import static io.lstmstreams.demo.BlockGrammar.STORED;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Spoils normal sessions as a failing cluster does: not one event too many or too few, which a log collector may be to
 * blame for, but a step of the block's life that goes wrong. What comes out is never a life by the {@link BlockGrammar}:
 * the damage is real.
 */
final class FaultInjector {

    /** What data nodes log when writing a replica fails. */
    private static final List<List<String>> WRITE_FAILURES = List.of(
            List.of("E7"),
            List.of("E10", "E7"),
            List.of("E14", "E7", "E8"),
            List.of("E12", "E14", "E7"),
            List.of("E10", "E14", "E8"));

    private static final List<String> FAILED_TRANSFER = List.of("E25", "E18", "E17");
    private static final String FAILED_DELETION = "E20";

    private FaultInjector() {}

    /** A damaged copy of a normal session's events. */
    static List<String> inject(Fault fault, List<String> normal, RandomGenerator random) {
        List<String> events;
        do {
            events = new ArrayList<>(normal);
            damage(fault, events, random);
        } while (BlockGrammar.isLife(events));
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

    /** The writer dies before the last replica is stored: three events of storing at least are still to come. */
    private static void cutShort(List<String> events, RandomGenerator random) {
        events.subList(random.nextInt(2, STORED - 2), events.size()).clear();
    }

    /** A replica cannot be written, passed on or deleted, and the data node says so. */
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

    /** While the replicas are stored comes an event of the allocation before, or of what is to be done afterwards. */
    private static void displace(List<String> events, RandomGenerator random) {
        boolean tooLate = events.size() == STORED || random.nextBoolean();
        String event = events.remove(tooLate ? random.nextInt(ALLOCATED) : random.nextInt(STORED, events.size()));
        events.add(random.nextInt(ALLOCATED + 1, STORED - 1), event);
    }

    /** The block is allocated, stored or deleted twice. */
    private static void repeatPhase(List<String> events, RandomGenerator random) {
        int deletion = events.indexOf("E23");
        switch (random.nextInt(deletion < 0 ? 2 : 3)) {
            case 0 -> events.addAll(0, List.copyOf(events.subList(0, ALLOCATED)));
            case 1 -> events.addAll(ALLOCATED, List.copyOf(events.subList(ALLOCATED, STORED)));
            default -> events.addAll(List.copyOf(events.subList(deletion, events.size())));
        }
    }

    /** Most of allocating and storing, but not their first event, is not seen. */
    private static void leaveOut(List<String> events, RandomGenerator random) {
        int count = random.nextInt(6, 10);
        int from = random.nextInt(1, STORED - count + 1);
        events.subList(from, from + count).clear();
    }
}
