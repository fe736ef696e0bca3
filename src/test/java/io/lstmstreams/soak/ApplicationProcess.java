package io.lstmstreams.soak;

import com.sun.tools.attach.VirtualMachine;
import io.lstmstreams.cli.JavaProcess;
import io.lstmstreams.soak.Sample.StreamThread;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** The application in a separate process, observed through JMX and, if it exists, {@code /proc}. Not thread-safe. */
final class ApplicationProcess implements AutoCloseable {
    private static final int STACK = 40; // frames

    private final JavaProcess process;
    private JMXConnector connector; // null before it is watched

    private ApplicationProcess(JavaProcess process) {
        this.process = process;
    }

    /** Starts {@code lstm-streams run}. */
    static ApplicationProcess start(Path directory, Map<String, String> settings) throws IOException {
        String lines = settings.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining("\n"));
        Path properties = Files.writeString(directory.resolve("app.properties"), lines + "\n");
        return new ApplicationProcess(JavaProcess.start(
                directory,
                Map.of(),
                "",
                JavaProcess.command(
                        List.of(
                                "-Xms256m",
                                "-Xmx256m",
                                "-XX:+AlwaysPreTouch", // so that the heap does not grow within the resident memory
                                "-XX:+UseSerialGC",
                                "-Dlog4j2.configurationFile=src/main/dist/config/log4j2.xml"),
                        "io.lstmstreams.cli.Main",
                        "run",
                        properties.toString())));
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Returns whether it has its partitions. */
    boolean hasRun() {
        return process.err().contains("RUNNING (was REBALANCING)");
    }

    /** Returns what it wrote to standard error. */
    String err() {
        return process.err();
    }

    /** Connects to its management beans. */
    @SuppressWarnings("BanJNDI") // the address is that of a process that this one started
    void watch() throws Exception {
        VirtualMachine machine = VirtualMachine.attach(Long.toString(process.pid()));
        try {
            connector = JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent()));
        } finally {
            machine.detach();
        }
    }

    private MBeanServerConnection beans() throws IOException {
        return connector.getMBeanServerConnection();
    }

    /** Collects garbage and returns the bytes in use afterwards. */
    long heapAfterCollection() throws IOException {
        MemoryMXBean memory = ManagementFactory.getPlatformMXBean(beans(), MemoryMXBean.class);
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }

    private ThreadMXBean threads() throws IOException {
        return ManagementFactory.getPlatformMXBean(beans(), ThreadMXBean.class);
    }

    int threadCount() throws IOException {
        return threads().getThreadCount();
    }

    List<StreamThread> streamThreads() throws IOException, JMException {
        List<StreamThread> found = new ArrayList<>();
        ThreadMXBean threads = threads();
        Map<String, Long> ids = Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                .filter(Objects::nonNull)
                .collect(Collectors.toMap(ThreadInfo::getThreadName, ThreadInfo::getThreadId, (one, other) -> one));
        ObjectName all = new ObjectName("kafka.streams:type=stream-thread-metrics,thread-id=*");
        for (ObjectName thread : beans().queryNames(all, null)) {
            String name = thread.getKeyProperty("thread-id");
            found.add(new StreamThread(
                    name,
                    (long) number(thread, "poll-total"),
                    ids.containsKey(name) ? threads.getThreadCpuTime(ids.get(name)) : 0,
                    number(thread, "process-ratio"),
                    number(thread, "punctuate-ratio")));
        }
        return found;
    }

    private double number(ObjectName bean, String attribute) throws IOException, JMException {
        return ((Number) beans().getAttribute(bean, attribute)).doubleValue();
    }

    /** Returns the names of the threads that wait for each other's locks. */
    List<String> deadlocked() throws IOException {
        long[] ids = threads().findDeadlockedThreads();
        return ids == null
                ? List.of()
                : Arrays.stream(threads().getThreadInfo(ids))
                        .map(ThreadInfo::getThreadName)
                        .toList();
    }

    /** Returns what each of these threads does. */
    String stacks(List<String> names) throws IOException {
        ThreadMXBean threads = threads();
        return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds(), STACK))
                .filter(info -> info != null && names.contains(info.getThreadName()))
                .map(info -> info.getThreadName() + " " + info.getThreadState() + ", waits for " + info.getLockName()
                        + " of " + info.getLockOwnerName() + "\n"
                        + Arrays.stream(info.getStackTrace())
                                .map(frame -> "    at " + frame + "\n")
                                .collect(Collectors.joining()))
                .collect(Collectors.joining());
    }

    /** Returns the bytes that it has in memory. */
    long resident() throws IOException {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        if (!Files.exists(status)) {
            return Sample.UNKNOWN;
        }
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElse(Sample.UNKNOWN);
        }
    }

    /** Returns the number of its open files and sockets, without RocksDB's tables, which compaction keeps few. */
    long handles() throws IOException {
        Path handles = Path.of("/proc", Long.toString(process.pid()), "fd");
        if (!Files.exists(handles)) {
            return Sample.UNKNOWN;
        }
        try (Stream<Path> links = Files.list(handles)) {
            return links.filter(link -> !target(link).endsWith(".sst")).count();
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return ""; // closed since it was listed
        }
    }

    /** Asks it to end and returns its exit code. */
    int end() throws InterruptedException {
        process.terminate();
        return process.exitCode();
    }

    @Override
    public void close() throws IOException {
        try {
            if (connector != null) {
                connector.close();
            }
        } catch (IOException e) {
            // it has ended, and the connection with it
        } finally {
            process.close();
        }
    }
}
