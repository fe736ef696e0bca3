package io.lstmstreams.runtime;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Inspects the threads of the Java virtual machine. */
final class JvmThreads {
    private static final int FRAMES = 8;

    private JvmThreads() {}

    /** Returns the names of the threads that wait for each other's locks. */
    static Set<String> deadlocked() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long[] ids = threads.findDeadlockedThreads();
        if (ids == null) {
            return Set.of();
        }
        return Arrays.stream(threads.getThreadInfo(ids))
                .flatMap(info -> Optional.ofNullable(info).stream()) // null if the thread has ended
                .map(ThreadInfo::getThreadName)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Returns the innermost frames of a thread, in one line. */
    static String stack(String threadName) {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(entry -> entry.getKey().getName().equals(threadName))
                .map(Map.Entry::getValue)
                .map(frames -> Arrays.stream(frames)
                        .limit(FRAMES)
                        .map(StackTraceElement::toString)
                        .collect(Collectors.joining(" < ")))
                .collect(Collectors.joining());
    }
}
