package io.lstmstreams.demo;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.stream.Stream;

/**
 * What to show.
 *
 * @param duration how long the events go on at most, or {@link #ENDLESS}
 * @param rate events a second; 0 for as many as the machine can do
 * @param live sequences that go on at the same time
 * @param seed decides the made-up events
 * @param input a file to take events from instead of making them up; null for made-up ones
 * @param jsonLines whether that file has a record a line (jsonl) or a session a line (sessions)
 * @param httpPort where the dashboard is served, on loopback; 0 for any port that is free
 * @param model another model file than the bundled one; null for that
 */
public record DemoOptions(
        Duration duration, int rate, int live, long seed, Path input, boolean jsonLines, int httpPort, String model) {
    /** Until it is stopped, or to the end of the input. */
    public static final Duration ENDLESS = Duration.ofDays(365);

    /** @param file the opened input; null for made-up events, which have no end */
    Iterator<DemoEvent> events(InputFile file) {
        if (file != null) {
            return file;
        }
        BlockEvents made = new BlockEvents(seed, live, BlockEvents.DEFAULT_FAULT_RATE, Long.MAX_VALUE);
        return Stream.generate(made::next).map(DemoEvent::of).iterator();
    }
}
