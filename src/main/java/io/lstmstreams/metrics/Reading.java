package io.lstmstreams.metrics;

import java.util.Map;
import java.util.function.DoubleSupplier;

/**
 * A metric with a single value: a counter or a gauge.
 *
 * @param name the name, in words with hyphens, without "total"
 * @param help the description
 * @param labels the labels that distinguish metrics of the same name; may be empty
 * @param total true for a counter, whose value never decreases
 * @param value the present value
 */
public record Reading(String name, String help, Map<String, String> labels, boolean total, DoubleSupplier value) {
    /** Returns a counter, whose value never decreases. */
    static Reading total(String name, String help, DoubleSupplier value) {
        return new Reading(name, help, Map.of(), true, value);
    }

    /** Returns a gauge, whose value may increase and decrease. */
    public static Reading gauge(String name, String help, DoubleSupplier value) {
        return new Reading(name, help, Map.of(), false, value);
    }
}
