package io.lstmstreams.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The meanings of the bundled model's events. Immutable. */
final class EventNames {
    private static final String RESOURCE = "hdfs-events.tsv";

    private final Map<String, String> words;

    private EventNames(Map<String, String> words) {
        this.words = words;
    }

    /** Returns an instance without meanings. */
    static EventNames none() {
        return new EventNames(Map.of());
    }

    /** Returns the meanings of the bundled model's events. */
    static EventNames ofBundledModel() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(EventNames.class.getResourceAsStream(RESOURCE)), StandardCharsets.UTF_8))) {
            Map<String, String> words = new HashMap<>();
            lines.lines().map(line -> line.split("\t", 2)).forEach(line -> words.put(line[0], line[1]));
            return new EventNames(words);
        } catch (IOException e) {
            throw new UncheckedIOException(RESOURCE + " cannot be read", e);
        }
    }

    /** Returns the meanings by event name. */
    Map<String, String> words() {
        return words;
    }

    /** Returns an event with its meaning. The end of a sequence is null. */
    String describe(@Nullable String event) {
        if (event == null || event.equals("<end>")) {
            return "the end of the sequence";
        }
        String meaning = words.get(event);
        return meaning == null ? event : event + " " + meaning;
    }
}
