package io.lstmstreams.benchmark.pipeline;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;

/**
 * CPU time of an application's threads, found by their names: the broker and the load are in the same process. RocksDB's
 * own threads are not Java's and not counted.
 *
 * @param streamThread of the thread that steps, in nanoseconds
 * @param all of that thread and of its clients' threads
 */
record StreamCpu(long streamThread, long all) {
    /** In the name of every thread that steps. */
    static final String STREAM_THREAD = "StreamThread";

    /** What it is so far. */
    static StreamCpu now(String applicationId) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long stream = 0;
        long all = 0;
        for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread == null || !thread.getThreadName().contains(applicationId + "-")) {
                continue;
            }
            long time = Math.max(0, threads.getThreadCpuTime(thread.getThreadId())); // -1 if it has just ended
            all += time;
            boolean steps = thread.getThreadName().startsWith(applicationId)
                    && thread.getThreadName().contains(STREAM_THREAD);
            stream += steps ? time : 0;
        }
        return new StreamCpu(stream, all);
    }

    StreamCpu minus(StreamCpu before) {
        return new StreamCpu(streamThread - before.streamThread, all - before.all);
    }
}
