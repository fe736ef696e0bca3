package io.lstmstreams.output;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apiguardian.api.API;

/** The optional parts of a result, beside the score and the next events. */
@API(status = API.Status.STABLE)
public enum Include {
    /** The probability of every event. */
    PROBABILITIES,
    /** The logits of the first head. */
    LOGITS,
    /** The output of each head, by name. */
    OUTPUT,
    /** (h, c) of every recurrent layer after the step. */
    STATE,
    /** The gates of every recurrent layer in the step. */
    GATES;

    /** Returns the name in {@code lstm.output.include}. */
    public String configName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns all names, separated by commas. */
    public static String names() {
        return Arrays.stream(values()).map(Include::configName).collect(Collectors.joining(", "));
    }

    /**
     * Parses a list of names.
     *
     * @throws IllegalArgumentException if no part has such a name
     */
    public static Set<Include> parse(Iterable<String> names) {
        Set<Include> includes = EnumSet.noneOf(Include.class);
        for (String name : names) {
            includes.add(Arrays.stream(values())
                    .filter(include -> include.configName().equals(name.strip()))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "no part of a result is named \"" + name.strip() + "\"; choose from " + names())));
        }
        return includes;
    }
}
