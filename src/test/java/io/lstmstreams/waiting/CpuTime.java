package io.lstmstreams.waiting;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** The processor time of the current thread, which does not include the time in which other threads run. */
public final class CpuTime {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private CpuTime() {}

    /** Returns the nanoseconds that the current thread has run since its start. */
    public static long nanos() {
        return THREADS.getCurrentThreadCpuTime();
    }
}
