package io.lstmstreams.output;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What a result holds on request, beside score and next events. */
public enum Include {
    /** The probability of every event. */
    PROBABILITIES,
    /** The logits of the first head. */
    LOGITS,
    /** Each head's output by name. */
    OUTPUT,
    /** (h, c) of every layer after the step. */
    STATE,
    /** The gates of every layer in this step. */
    GATES;

    /** The name in {@code lstm.output.include}. */
    public String configName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** All names, as people read them. */
    public static String names() {
        return Arrays.stream(values()).map(Include::configName).collect(Collectors.joining(", "));
    }

    /**
     * Reads a list of names.
     *
     * @throws IllegalArgumentException if a name is none of these
     */
    public static Set<Include> parse(Iterable<String> names) {
        Set<Include> includes = EnumSet.noneOf(Include.class);
        for (String name : names) {
            includes.add(Arrays.stream(values())
                    .filter(include -> include.configName().equals(name.strip()))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "nothing named \"" + name.strip() + "\" to include, there are: " + names())));
        }
        return includes;
    }
}
