package io.lstmstreams.benchmark.growth;

/**
 * What was found for one model, number of threads and number of sequences.
 *
 * @param stateBytes (h, c) and what is stored beside them, of one sequence
 * @param writtenPerSecond events a second, each the first one of a new sequence
 * @param scanBusy the looks for idle sequences, beside those events
 * @param pause milliseconds that the garbage collector stopped the events, and the looks, at most
 * @param scanAtRest the looks with nothing else to do
 * @param storeBytes on disk below {@code state.dir}
 * @param changelogBytes on the broker's disk
 * @param start seconds until it runs, with its state on the disk
 * @param restore seconds until it runs, with its state gone
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
     * How long a look for idle sequences took, in milliseconds by the clock: with whatever stopped its thread meanwhile.
     *
     * @param average of the last minute or so
     * @param longest of the last minute or so
     */
    record Scan(double average, double longest) {
        @Override
        public String toString() {
            return "%.1f / %.0f".formatted(average, longest);
        }
    }

    /** Seconds of a restore that tell a speed. */
    private static final double SHORTEST = 1;

    /** The table's head. */
    static String head() {
        return "| model | threads | sequences | bytes of state | events/s | idle scan ms, average / longest | longest pause ms | idle scan at rest ms | bytes in the store | in the changelog"
                + " | start s | restore s | sequences/s | MB/s |\n|---" + "|---".repeat(13) + "|";
    }

    /** The table's row. What a start costs without a restore is taken off the restore's time. */
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
