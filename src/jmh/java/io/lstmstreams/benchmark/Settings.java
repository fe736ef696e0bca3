package io.lstmstreams.benchmark;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The arguments of a benchmark, written {@code name=value}, with defaults. */
public final class Settings {
    private final Map<String, String> values;

    private Settings(Map<String, String> values) {
        this.values = values;
    }

    /**
     * Parses the arguments.
     *
     * @param defaults every argument that exists, with its default
     * @throws IllegalArgumentException if an argument does not exist
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

    /** Returns the value of a text argument. */
    public String text(String name) {
        return values.get(name);
    }

    /** Returns the texts of a comma-separated list; empty if the argument is empty. */
    public List<String> texts(String name) {
        return text(name).isEmpty() ? List.of() : List.of(text(name).split(","));
    }

    /** Returns a whole number. */
    public int number(String name) {
        return Integer.parseInt(text(name));
    }

    /** Returns a number of seconds, in nanoseconds. */
    public long nanoseconds(String name) {
        return Math.round(1e9 * Double.parseDouble(text(name)));
    }
}
