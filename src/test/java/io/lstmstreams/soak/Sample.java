package io.lstmstreams.soak;

import java.util.List;
import java.util.Locale;

/**
 * The figures of the application at one time. A figure that this system does not provide is {@link #UNKNOWN}.
 *
 * @param seconds the seconds since the load began
 * @param sent the number of records sent
 * @param lag the number of records sent and not yet committed
 * @param heap the bytes in use after a garbage collection
 * @param resident the bytes of the process in memory
 * @param handles the number of open files and sockets, without the tables of RocksDB
 * @param threads the number of Java threads
 * @param others the share of the machine's processors that other processes use, 0 to 1
 * @param streamThreads the threads of Kafka Streams
 */
record Sample(
        double seconds,
        long sent,
        long lag,
        long heap,
        long resident,
        long handles,
        long threads,
        double others,
        List<StreamThread> streamThreads) {
    static final long UNKNOWN = -1;

    /**
     * A thread of Kafka Streams, by its own metrics.
     *
     * @param polls the number of poll loops since its start
     * @param computed the nanoseconds of processor time since its start
     * @param process the share of its time in processing, 0 to 1
     * @param punctuate the share of its time in punctuations, 0 to 1
     */
    record StreamThread(String name, long polls, long computed, double process, double punctuate) {}

    String line() {
        return String.format(
                Locale.ROOT,
                "%8d sent  lag %6d  heap %5.1f MB  rss %s  handles %s  threads %3d  others %4.2f  process %4.2f  punctuate %4.2f",
                sent,
                lag,
                heap / 1e6,
                resident == UNKNOWN ? "-" : String.format(Locale.ROOT, "%5.1f MB", resident / 1e6),
                handles == UNKNOWN ? "-" : Long.toString(handles),
                threads,
                others,
                streamThreads.stream().mapToDouble(StreamThread::process).max().orElse(0),
                punctuate());
    }

    /** Returns the largest share of its time that a stream thread spends on punctuations. */
    double punctuate() {
        return streamThreads.stream().mapToDouble(StreamThread::punctuate).max().orElse(0);
    }
}
