package io.lstmstreams.waiting;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** The processor time of the current thread, which does not pass while others have the processor. */
public final class CpuTime {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private CpuTime() {}

    /** Returns the nanoseconds that the current thread has computed for since it began. */
    public static long nanos() {
        return THREADS.getCurrentThreadCpuTime();
    }
}
