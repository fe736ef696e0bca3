package io.lstmstreams.metrics;

import java.util.Map;
import java.util.function.DoubleSupplier;

/**
 * A number that can be asked for at any time.
 *
 * @param name what it is called, in words with hyphens; without "total"
 * @param help what it is
 * @param labels which one of several of its name it is; empty where there is but one
 * @param total whether it only ever grows
 * @param value the number now
 */
public record Reading(String name, String help, Map<String, String> labels, boolean total, DoubleSupplier value) {
    /** A count that only ever grows. */
    static Reading total(String name, String help, DoubleSupplier value) {
        return new Reading(name, help, Map.of(), true, value);
    }

    /** A number that goes up and down. */
    public static Reading gauge(String name, String help, DoubleSupplier value) {
        return new Reading(name, help, Map.of(), false, value);
    }
}
