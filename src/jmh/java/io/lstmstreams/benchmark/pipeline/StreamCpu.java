package io.lstmstreams.benchmark.pipeline;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;

/**
 * The CPU time of an application's threads. They are found by their names, because the broker and the load run in the
 * same process. RocksDB's own threads are not Java threads and are not counted.
 *
 * @param streamThread the time of the stream thread, in nanoseconds
 * @param all the time of the stream thread and of its clients' threads, in nanoseconds
 */
record StreamCpu(long streamThread, long all) {
    /** A part of the name of every stream thread. */
    static final String STREAM_THREAD = "StreamThread";

    /** Returns the CPU time so far. */
    static StreamCpu now(String applicationId) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long stream = 0;
        long all = 0;
        for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread == null || !thread.getThreadName().contains(applicationId + "-")) {
                continue;
            }
            long time = Math.max(0, threads.getThreadCpuTime(thread.getThreadId())); // -1 if the thread has just ended
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
