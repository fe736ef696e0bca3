package io.lstmstreams.benchmark.growth;

/**
 * The measurements for one model, number of threads and number of sequences.
 *
 * @param stateBytes the bytes of one stored state
 * @param writtenPerSecond the number of events a second, each the first event of a new sequence
 * @param scanBusy the idle scans while these events are processed
 * @param pause the longest pause of the garbage collector, in milliseconds
 * @param scanAtRest the idle scans without other work
 * @param storeBytes the bytes on disk below {@code state.dir}
 * @param changelogBytes the bytes on the broker's disk
 * @param start the seconds until the application runs, with its local state
 * @param restore the seconds until the application runs, with its local state deleted
 */
record Growth(
        String model,
        int threads,
        int sequences,
        int stateBytes,
        double writtenPerSecond,
        Scan scanBusy,
        long pause,
        Scan scanAtRest,
        long storeBytes,
        long changelogBytes,
        double start,
        double restore) {

    /**
     * The duration of idle scans, in milliseconds of wall-clock time, which includes pauses of the thread.
     *
     * @param average the average of about the last minute
     * @param longest the longest of about the last minute
     */
    record Scan(double average, double longest) {
        @Override
        public String toString() {
            return "%.1f / %.0f".formatted(average, longest);
        }
    }

    /** The shortest restore, in seconds, from which a speed is computed. */
    private static final double SHORTEST = 1;

    /** Returns the table's head. */
    static String head() {
        return "| model | threads | sequences | bytes of state | events/s | idle scan ms, average / longest | longest pause ms | idle scan at rest ms | bytes in the store | in the changelog"
                + " | start s | restore s | sequences/s | MB/s |\n|---" + "|---".repeat(13) + "|";
    }

    /** Returns the table's row. The restore's time is without the time of a start that restores nothing. */
    String row() {
        double restoring = restore - start;
        return "| %s | %d | %,d | %,d | %,.0f | %s | %d | %s | %,d | %,d | %.1f | %.1f | %s |"
                .formatted(
                        model,
                        threads,
                        sequences,
                        stateBytes,
                        writtenPerSecond,
                        scanBusy,
                        pause,
                        scanAtRest,
                        storeBytes / sequences,
                        changelogBytes / sequences,
                        start,
                        restore,
                        restoring < SHORTEST ? "|" : speed(restoring));
    }

    private String speed(double seconds) {
        return "%,.0f | %.1f".formatted(sequences / seconds, changelogBytes / 1e6 / seconds);
    }
}
