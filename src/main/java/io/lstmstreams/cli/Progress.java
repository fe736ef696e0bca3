package io.lstmstreams.cli;

/** A progress line on standard error, shown only if it is a terminal. Not thread-safe. */
final class Progress implements AutoCloseable {
    private static final int INTERVAL = 1 << 14;

    private final boolean shown;
    private final String noun;
    private final long start = System.nanoTime();
    private long done;

    private Progress(boolean shown, String noun) {
        this.shown = shown;
        this.noun = noun;
    }

    /** Creates a progress line. {@code noun} is the plural of the counted things. */
    static Progress onTerminal(String noun) {
        return new Progress(Terminal.isInteractive(), noun);
    }

    void advance(long count) {
        long before = done / INTERVAL;
        done += count;
        if (shown && done / INTERVAL > before) {
            double seconds = (System.nanoTime() - start) / 1e9;
            System.err.printf("\r%,d %s, %,.0f/s ", done, noun, done / seconds);
        }
    }

    @Override
    public void close() {
        if (shown && done >= INTERVAL) {
            System.err.print("\r\033[K");
        }
    }
}
