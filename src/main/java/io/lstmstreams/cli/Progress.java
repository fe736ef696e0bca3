package io.lstmstreams.cli;

/** A progress line on standard error, shown only if it is a terminal. Not thread-safe. */
final class Progress implements AutoCloseable {
    private static final int EVERY = 1 << 14;

    private final boolean shown;
    private final String what;
    private final long start = System.nanoTime();
    private long done;

    private Progress(boolean shown, String what) {
        this.shown = shown;
        this.what = what;
    }

    /** Creates a progress line that counts {@code what}. */
    static Progress onTerminal(String what) {
        return new Progress(Terminal.isInteractive(), what);
    }

    void advance(long count) {
        long before = done / EVERY;
        done += count;
        if (shown && done / EVERY > before) {
            double seconds = (System.nanoTime() - start) / 1e9;
            System.err.printf("\r%,d %s, %,.0f/s ", done, what, done / seconds);
        }
    }

    @Override
    public void close() {
        if (shown && done >= EVERY) {
            System.err.print("\r\033[K");
        }
    }
}
