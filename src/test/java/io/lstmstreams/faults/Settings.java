package io.lstmstreams.faults;

import io.lstmstreams.load.Load;
import java.util.Map;
import java.util.TreeMap;

/**
 * The arguments of a run.
 *
 * @param seed the seed of the plan and of the load
 * @param faults the number of faults
 * @param perSecond the number of records a second
 * @param more the instances' settings, which override all others
 */
record Settings(long seed, int faults, double perSecond, Map<String, String> more) {
    private static final double PER_SECOND = 200;

    /** Returns the settings of a run with defaults. */
    static Settings of(long seed, int faults) {
        return new Settings(seed, faults, PER_SECOND, Map.of());
    }

    /** Parses {@code seed=7 faults=200 rate=200}; any other argument is a setting of the instances. */
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

    /** Returns the instances' settings for repeated records. */
    Map<String, String> recognition() {
        return Map.of("lstm.sequence.repeated", "header:" + Load.ID);
    }
}
