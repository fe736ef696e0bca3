package io.lstmstreams.faults;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Prints what happens, when, line by line. Safe for any number of threads. */
final class Journal {
    private final PrintStream out;
    private final long began = System.nanoTime();

    Journal(PrintStream out) {
        this.out = out;
    }

    /** The time since the run began. */
    Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - began);
    }

    synchronized void say(String line) {
        out.printf(Locale.ROOT, "%7.1f s  %s%n", elapsed().toMillis() / 1000.0, line);
        out.flush();
    }
}
