package io.lstmstreams.faults;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * The faults of a run and the instances' settings, drawn from a seed.
 *
 * @param settings the instances' settings, which are added to those of every run
 */
record Plan(List<Fault> faults, Map<String, String> settings) {
    /** The number of instances at the start. */
    static final int FIRST_INSTANCES = 2;

    /** The minimum number of instances. */
    static final int MIN_INSTANCES = 1;

    /** The maximum number of instances. */
    static final int MAX_INSTANCES = 4;

    private static final int SHORTEST_PAUSE = 500;
    private static final int LONGEST_PAUSE = 5_000;

    /**
     * Draws a plan.
     *
     * @param kinds the kinds that are possible on this machine
     */
    static Plan draw(long seed, int count, Set<FaultKind> kinds) {
        Random random = new Random(seed);
        Map<String, String> settings = Map.of(
                "num.standby.replicas",
                Integer.toString(random.nextInt(2)),
                "num.stream.threads",
                Integer.toString(1 + random.nextInt(2)),
                "statestore.cache.max.bytes",
                random.nextBoolean() ? "67108864" : "0",
                "commit.interval.ms",
                random.nextBoolean() ? "100" : "500");
        List<Fault> faults = new ArrayList<>();
        Map<FaultKind, Integer> drawn = new EnumMap<>(FaultKind.class);
        int instances = FIRST_INSTANCES;
        while (faults.size() < count) {
            FaultKind kind = draw(random, kinds, drawn, instances);
            drawn.merge(kind, 1, Integer::sum);
            instances += kind == FaultKind.ADD_INSTANCE ? 1 : kind == FaultKind.REMOVE_INSTANCE ? -1 : 0;
            long pause = random.nextLong(SHORTEST_PAUSE, LONGEST_PAUSE);
            double seconds = kind.shortest() + random.nextDouble() * (kind.longest() - kind.shortest());
            faults.add(new Fault(faults.size() + 1, kind, pause, Math.round(seconds * 1000), random.nextLong() >>> 1));
        }
        return new Plan(faults, settings);
    }

    /** Draws a kind by weight. A kind that was drawn more often than its share becomes less likely. */
    private static FaultKind draw(Random random, Set<FaultKind> kinds, Map<FaultKind, Integer> drawn, int instances) {
        double best = Double.NEGATIVE_INFINITY;
        FaultKind chosen = null;
        for (FaultKind kind : kinds) {
            if ((kind == FaultKind.ADD_INSTANCE && instances == MAX_INSTANCES)
                    || (kind == FaultKind.REMOVE_INSTANCE && instances == MIN_INSTANCES)) {
                continue;
            }
            double score = random.nextDouble() - (drawn.getOrDefault(kind, 0) + 1.0) / kind.weight();
            if (score > best) {
                best = score;
                chosen = kind;
            }
        }
        return chosen;
    }
}
