package io.lstmstreams.soak;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The arguments of a soak.
 *
 * @param seed the seed of the load and of the models
 * @param time the duration of the load, if the application keeps up
 * @param perSecond the number of records a second
 * @param without the parts that are left out
 * @param more the application's settings, which override all others
 */
record SoakSettings(long seed, Duration time, double perSecond, Set<Part> without, Map<String, String> more) {
    private static final double PER_SECOND = 300;

    /** A part of the soak that can be left out, to find the part that causes a failure. */
    enum Part {
        /** The idle timeout, and the sequences that only it ends. */
        IDLE,
        /** {@code GET /sequences}. */
        LISTS,
        /** Every other request. */
        HTTP,
        /** Published models. */
        MODELS
    }

    static SoakSettings of(long seed, Duration time, double perSecond) {
        return new SoakSettings(seed, time, perSecond, EnumSet.noneOf(Part.class), Map.of());
    }

    /**
     * Parses {@code seed=1 minutes=15 rate=300 without=idle,lists}; any other argument is a setting of the application.
     */
    static SoakSettings parse(String... arguments) {
        Map<String, String> given = new TreeMap<>();
        for (String argument : arguments) {
            String[] parts = argument.split("=", 2);
            given.put(parts[0], parts.length == 2 ? parts[1] : "");
        }
        String seed = take(given, "seed", "1");
        String minutes = take(given, "minutes", "15");
        String rate = take(given, "rate", Double.toString(PER_SECOND));
        EnumSet<Part> without = EnumSet.noneOf(Part.class);
        Arrays.stream(take(given, "without", "").split(",", -1))
                .filter(part -> !part.isEmpty())
                .forEach(part -> without.add(Part.valueOf(part.toUpperCase(Locale.ROOT))));
        return new SoakSettings(
                Long.parseLong(seed),
                Duration.ofMillis(Math.round(Double.parseDouble(minutes) * 60_000)),
                Double.parseDouble(rate),
                without,
                given);
    }

    private static String take(Map<String, String> given, String key, String otherwise) {
        String value = given.remove(key);
        return value == null ? otherwise : value;
    }

    /** Returns the number of records of the load; a busy machine takes longer for them. */
    long records() {
        return Math.round(time.toMillis() * perSecond / 1_000);
    }

    boolean has(Part part) {
        return !without.contains(part);
    }
}
