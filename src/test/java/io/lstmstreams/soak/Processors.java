package io.lstmstreams.soak;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/** The use of the machine's processors. Not thread-safe. */
final class Processors {
    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final ProcessHandle application;
    private long usedBefore;
    private long at;

    Processors(long application) {
        this.application = ProcessHandle.of(application).orElseThrow();
        others();
    }

    /** Returns the share that processes other than the soak's own have taken since the last call, 0 to 1. */
    double others() {
        long now = System.nanoTime();
        long used = system.getProcessCpuTime()
                + application.info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
        double own = (double) (used - usedBefore) / (now - at) / system.getAvailableProcessors();
        usedBefore = used;
        at = now;
        return Math.max(0, Math.min(1, system.getCpuLoad() - own));
    }
}
