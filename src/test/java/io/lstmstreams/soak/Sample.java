package io.lstmstreams.soak;

import java.util.List;
import java.util.Locale;

/**
 * The figures of the application at one time. What this system cannot tell is {@link #UNKNOWN}.
 *
 * @param seconds since the load began
 * @param sent records
 * @param lag records that are sent and not yet committed
 * @param heap bytes in use after a garbage collection
 * @param resident bytes of the process in memory
 * @param handles files and sockets that are open, without the tables of RocksDB
 * @param threads Java threads
 * @param others share of the machine's processors that other processes take, 0 to 1
 * @param streamThreads threads of Kafka Streams
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
     * A thread of Kafka Streams, in the words of its own metrics.
     *
     * @param polls loops since it started
     * @param computed nanoseconds for which it has had a processor since it started
     * @param process share of its time, 0 to 1
     * @param punctuate share of its time, 0 to 1
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
