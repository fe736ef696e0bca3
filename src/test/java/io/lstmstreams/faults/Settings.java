package io.lstmstreams.faults;

import io.lstmstreams.load.Load;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a run is asked for.
 *
 * @param seed of the plan and of the load
 * @param faults to inject
 * @param perSecond records of the load
 * @param more settings of the instances, over all others
 */
record Settings(long seed, int faults, double perSecond, Map<String, String> more) {
    private static final double PER_SECOND = 200;

    /** A run of the usual kind. */
    static Settings of(long seed, int faults) {
        return new Settings(seed, faults, PER_SECOND, Map.of());
    }

    /** Reads {@code seed=7 faults=200 rate=200}; anything else is a setting of the instances. */
    static Settings parse(String... arguments) {
        Map<String, String> given = new TreeMap<>();
        for (String argument : arguments) {
            String[] parts = argument.split("=", 2);
            given.put(parts[0], parts.length == 2 ? parts[1] : "");
        }
        String seed = given.remove("seed");
        String faults = given.remove("faults");
        String rate = given.remove("rate");
        return new Settings(
                seed == null ? 1 : Long.parseLong(seed),
                faults == null ? 50 : Integer.parseInt(faults),
                rate == null ? PER_SECOND : Double.parseDouble(rate),
                given);
    }

    /** What the instances are told of repeated records. */
    Map<String, String> recognition() {
        return Map.of("lstm.sequence.repeated", "header:" + Load.ID);
    }
}
