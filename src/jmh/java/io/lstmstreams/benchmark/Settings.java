package io.lstmstreams.benchmark;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A benchmark's arguments, written {@code name=value}, over its defaults. */
public final class Settings {
    private final Map<String, String> values;

    private Settings(Map<String, String> values) {
        this.values = values;
    }

    /**
     * Reads them.
     *
     * @param defaults every argument that there is
     * @throws IllegalArgumentException if there is no such argument
     */
    public static Settings of(Map<String, String> defaults, String... arguments) {
        Map<String, String> values = new TreeMap<>(defaults);
        for (String argument : arguments) {
            String[] parts = argument.split("=", 2);
            if (parts.length < 2 || values.replace(parts[0], parts[1]) == null) {
                throw new IllegalArgumentException(argument + " is not one of NAME=VALUE with " + defaults.keySet());
            }
        }
        return new Settings(values);
    }

    /** A text. */
    public String text(String name) {
        return values.get(name);
    }

    /** Texts divided by commas; none if it is empty. */
    public List<String> texts(String name) {
        return text(name).isEmpty() ? List.of() : List.of(text(name).split(","));
    }

    /** A whole number. */
    public int number(String name) {
        return Integer.parseInt(text(name));
    }

    /** Seconds, in nanoseconds. */
    public long nanoseconds(String name) {
        return Math.round(1e9 * Double.parseDouble(text(name)));
    }
}
