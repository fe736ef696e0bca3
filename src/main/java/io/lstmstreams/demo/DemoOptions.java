package io.lstmstreams.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The options of the demo.
 *
 * @param duration the duration after which the events end, or {@link #ENDLESS}
 * @param rate events per second; 0 for as many as possible
 * @param live the number of live sequences at a time
 * @param seed the seed of generated events
 * @param input a file of events; null to generate events
 * @param jsonLines true if the file has one record per line (jsonl), false for one session per line (sessions)
 * @param httpPort the dashboard's port on loopback; 0 for any free port
 * @param model a model file; null for the bundled model
 */
public record DemoOptions(
        Duration duration,
        int rate,
        int live,
        long seed,
        @Nullable Path input,
        boolean jsonLines,
        int httpPort,
        @Nullable String model) {
    /** No limit: the demo runs until it is stopped or the input ends. */
    public static final Duration ENDLESS = Duration.ofDays(365);

    /** Opens the input; returns null if the events are generated. */
    @Nullable
    InputFile open() throws IOException {
        return input == null ? null : new InputFile(input, this);
    }

    /** @param file the open input; null for generated events, which never end */
    Iterator<DemoEvent> events(@Nullable InputFile file) {
        if (file != null) {
            return file;
        }
        BlockEvents generated = new BlockEvents(seed, live, BlockEvents.DEFAULT_FAULT_RATE, Long.MAX_VALUE);
        return Stream.generate(generated::next).map(DemoEvent::of).iterator();
    }
}
