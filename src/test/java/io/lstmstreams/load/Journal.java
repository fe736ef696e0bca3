package io.lstmstreams.load;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Prints lines with the time since the start. Safe for any number of threads. */
public final class Journal {
    private final PrintStream out;
    private final long began = System.nanoTime();

    public Journal(PrintStream out) {
        this.out = out;
    }

    /** Returns the time since the start. */
    public Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - began);
    }

    public synchronized void say(String line) {
        out.printf(Locale.ROOT, "%7.1f s  %s%n", elapsed().toMillis() / 1000.0, line);
        out.flush();
    }
}
