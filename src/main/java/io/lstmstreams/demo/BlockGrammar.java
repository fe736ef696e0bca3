package io.lstmstreams.demo;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * The life cycle of a block of the file system, as its three replicas log it:
 *
 * <pre>
 * life      = allocate store (use delete | verify? | replicate)
 * allocate  = E22 and three E5, E22 anywhere among them
 * store     = three times E11 E9 (written) and three E26 (registered), in one of a few orders
 * use       = verify? reads? verify*
 * verify    = E2
 * reads     = served (E3) and refused (E4) in one of a few patterns
 * replicate = E25 E18 E5 E16 E6 E26 E26 E21
 * delete    = E23 E23 E23 E21 E21 E21
 * </pre>
 */
final class BlockGrammar {

    /** The number of events until the block is allocated. */
    static final int ALLOCATED = 4;

    /** The number of events until the block's replicas are stored. */
    static final int STORED = 13;

    private static final Map<String, Long> ALLOCATE = Map.of("E22", 1L, "E5", 3L);
    private static final Map<String, Long> STORE = Map.of("E11", 3L, "E9", 3L, "E26", 3L);
    private static final List<String> USE = List.of("E2", "E3", "E4");
    private static final List<String> DELETE = List.of("E23", "E23", "E23", "E21", "E21", "E21");
    private static final List<String> REPLICATE = List.of("E25", "E18", "E5", "E16", "E6", "E26", "E26", "E21");

    private static final List<String> WRITTEN = List.of("E11", "E9");
    private static final List<String> REGISTERED = List.of("E26");

    private BlockGrammar() {}

    /** Returns the events of a normal session. */
    static List<String> lifeCycle(RandomGenerator random) {
        List<String> events = new ArrayList<>();
        int allocation = pick(random, 26, 21, 20, 33);
        allocate(events, allocation);
        store(events, allocation == 0, random);
        switch (pick(random, 520, 170, 10, 35, 260, 5)) {
            case 0 -> events.addAll(DELETE);
            case 1 -> {} // the block still exists at the end of the log
            case 2 -> events.add("E2");
            case 3 -> {
                events.add("E2");
                events.addAll(DELETE);
            }
            case 4 -> {
                read(events, random);
                events.addAll(DELETE);
            }
            default -> events.addAll(REPLICATE);
        }
        return events;
    }

    /** Returns whether the grammar can produce these events. Does not check the order within allocation and storing. */
    static boolean isLifeCycle(List<String> events) {
        if (events.size() < STORED
                || !count(events.subList(0, ALLOCATED)).equals(ALLOCATE)
                || !count(events.subList(ALLOCATED, STORED)).equals(STORE)) {
            return false;
        }
        List<String> rest = events.subList(STORED, events.size());
        int used = (int) rest.stream().takeWhile(USE::contains).count();
        List<String> last = rest.subList(used, rest.size());
        boolean kept = last.isEmpty() && used <= 1 && !rest.contains("E3") && !rest.contains("E4");
        return kept || last.equals(DELETE) || (used == 0 && last.equals(REPLICATE));
    }

    private static void allocate(List<String> events, int allocation) {
        events.addAll(List.of("E5", "E5", "E5"));
        events.add(allocation, "E22");
    }

    /** Adds the writes and registrations of the replicas: registrations last, first (if allocated first), or mixed. */
    private static void store(List<String> events, boolean allocatedFirst, RandomGenerator random) {
        List<List<String>> order = new ArrayList<>(Collections.nCopies(3, WRITTEN));
        switch (allocatedFirst ? pick(random, 22, 52, 26) : pick(random, 75, 0, 25)) {
            case 0 -> order.addAll(Collections.nCopies(3, REGISTERED));
            case 1 -> order.addAll(0, Collections.nCopies(3, REGISTERED));
            default -> {
                order.addAll(Collections.nCopies(3, REGISTERED));
                shuffle(order, random);
            }
        }
        order.forEach(events::addAll);
    }

    private static void read(List<String> events, RandomGenerator random) {
        verify(events, pick(random, 80, 20));
        switch (pick(random, 42, 25, 33)) {
            case 0 -> events.addAll(List.of("E4", "E3", "E4"));
            case 1 -> events.addAll(List.of("E4", "E4", "E3"));
            default -> {
                List<String> round = random.nextBoolean() ? List.of("E3", "E3", "E4") : List.of("E3", "E4", "E3");
                Collections.nCopies(1 + random.nextInt(4), round).forEach(events::addAll);
            }
        }
        verify(events, pick(random, 60, 20, 10, 10));
    }

    private static void verify(List<String> events, int times) {
        events.addAll(Collections.nCopies(times, "E2"));
    }

    /** Returns a random index with the given weights. */
    private static int pick(RandomGenerator random, int... weights) {
        int sum = 0;
        for (int weight : weights) {
            sum += weight;
        }
        int rest = random.nextInt(sum);
        int index = 0;
        while (rest >= weights[index]) {
            rest -= weights[index++];
        }
        return index;
    }

    private static <T> void shuffle(List<T> list, RandomGenerator random) {
        for (int i = list.size() - 1; i > 0; i--) {
            Collections.swap(list, i, random.nextInt(i + 1));
        }
    }

    private static Map<String, Long> count(List<String> events) {
        return events.stream().collect(Collectors.groupingBy(event -> event, Collectors.counting()));
    }
}
