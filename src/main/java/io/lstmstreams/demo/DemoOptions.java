package io.lstmstreams.demo;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What to show.
 *
 * @param duration how long the made-up events go on
 * @param rate events a second; 0 for as many as the machine can do
 * @param live sequences that go on at the same time
 * @param seed decides the made-up events
 * @param input a file to take events from instead of making them up; null for made-up ones
 * @param jsonLines whether that file has a record a line (jsonl) or a session a line (sessions)
 * @param httpPort where the dashboard is served, on loopback; 0 for any port that is free
 * @param model another model file than the bundled one; null for that
 */
public record DemoOptions(
        Duration duration, int rate, int live, long seed, Path input, boolean jsonLines, int httpPort, String model) {}
