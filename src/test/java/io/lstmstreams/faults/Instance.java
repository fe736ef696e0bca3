package io.lstmstreams.faults;

import io.lstmstreams.cli.JavaProcess;
import io.lstmstreams.waiting.ProgressTimeout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An instance of the application and its supervisor: an instance that ends by itself is started again. Safe for any
 * number of threads.
 */
final class Instance implements AutoCloseable {
    private static final int LOOP = 8; // this many ends within LOOP_TIME are a crash loop
    private static final Duration LOOP_TIME = Duration.ofMinutes(2);
    private static final String END_OF_STACKS = "JNI global refs";
    private static final int FRAMES = 12;

    private final int number;
    private final Path directory;
    private final Path properties;
    private final Proxy proxy;
    private final ReentrantLock target = new ReentrantLock();
    private JavaProcess process; // null while the instance should not run
    private SmallDisk disk; // null unless the states are on a small disk
    private final List<Instant> ends = new ArrayList<>(); // the times at which the process ended by itself
    private int starts;

    Instance(int number, Path directory, Map<String, String> settings, Proxy proxy) throws IOException {
        this.number = number;
        this.directory = Files.createDirectories(directory);
        this.proxy = proxy;
        String lines = settings.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining("\n"));
        this.properties =
                Files.writeString(directory.resolve("app.properties"), lines + "\nstate.dir=" + states() + "\n");
    }

    Path states() {
        return directory.resolve("states");
    }

    Proxy proxy() {
        return proxy;
    }

    /** Returns the lock that every fault of this instance holds. */
    ReentrantLock target() {
        return target;
    }

    synchronized void start() {
        disk = null;
        launch(List.of());
    }

    /** Starts the instance with its states on a small disk. */
    synchronized void startOn(SmallDisk smallDisk) throws IOException {
        Files.createDirectories(states());
        disk = smallDisk;
        launch(smallDisk.wrapper(states()));
    }

    private void launch(List<String> wrapper) {
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(JavaProcess.command(
                List.of("-Xmx256m", "-XX:+UseSerialGC", "-Dlog4j2.configurationFile=src/main/dist/config/log4j2.xml"),
                "io.lstmstreams.cli.Main",
                "run",
                properties.toString()));
        process = JavaProcess.start(directory, Map.of(), "", command);
        starts++;
    }

    /** Returns a value that changes whenever the instance is started or its process does anything. */
    synchronized String progress() {
        return starts + (process == null ? "" : process.progress());
    }

    /** Returns whether the instance should run. */
    synchronized boolean shouldRun() {
        return process != null;
    }

    synchronized boolean isAlive() {
        return process != null && process.isAlive();
    }

    synchronized long pid() {
        return process.pid();
    }

    /** Returns whether the instance has been assigned partitions since it was started. */
    synchronized boolean hasRun() {
        return process != null && process.err().contains("RUNNING (was REBALANCING)");
    }

    /** Kills the process, which is not started again. */
    synchronized void kill() throws InterruptedException {
        process.kill();
        process = null;
    }

    /**
     * Stops the process, and kills it after minutes without progress.
     *
     * @return whether the process ended by itself
     */
    synchronized boolean end() throws InterruptedException {
        JavaProcess ending = process;
        process = null;
        ending.terminate();
        try {
            ending.exitCode();
            return true;
        } catch (AssertionError e) { // the process does not end in time
            ending.kill();
            return false;
        }
    }

    /**
     * Starts the process again if it ended by itself.
     *
     * @return the reason why it ended; null if it did not end
     */
    synchronized String revive() throws InterruptedException {
        if (process == null || process.isAlive()) {
            return null;
        }
        ends.add(Instant.now());
        String why = "exit code " + process.exitCode() + ": "
                + process.err()
                        .lines()
                        .filter(line -> line.startsWith("lstm-streams:"))
                        .collect(Collectors.joining());
        start();
        return why;
    }

    /** Returns whether the process ends again and again. */
    synchronized boolean isInCrashLoop() {
        return ends.size() >= LOOP
                && ends.get(ends.size() - LOOP).isAfter(Instant.now().minus(LOOP_TIME));
    }

    /** Returns the current stacks of the stream threads, one a line. */
    synchronized List<String> streamThreads() throws Exception {
        if (!isAlive()) {
            return List.of(this + (shouldRun() ? " is dead" : " is not to run"));
        }
        int before = process.out().length();
        Signals.send("QUIT", pid()); // the process writes the stacks of its threads
        ProgressTimeout.await("stacks", () -> !isAlive() || process.out().indexOf(END_OF_STACKS, before) >= 0);
        return Stream.of(process.out().substring(before).split("\n\n"))
                .filter(thread -> thread.startsWith("\"") && thread.contains("StreamThread-"))
                .map(thread -> this + ": " + thread.substring(0, thread.indexOf('"', 1) + 1) + frames(thread))
                .toList();
    }

    private static String frames(String thread) {
        return thread.lines()
                .filter(line -> line.strip().startsWith("at "))
                .limit(FRAMES)
                .map(line -> line.replaceFirst(".*?([A-Za-z0-9$]+\\.[^.(]+\\([^)]*\\)).*", " < $1"))
                .collect(Collectors.joining());
    }

    /** Returns how many times the process ended by itself. */
    synchronized int ends() {
        return ends.size();
    }

    synchronized int starts() {
        return starts;
    }

    /** Returns the small disk of the states, or null. */
    synchronized SmallDisk disk() {
        return disk;
    }

    @Override
    public synchronized void close() {
        if (process != null) {
            process.close();
        }
    }

    @Override
    public String toString() {
        return "instance " + number;
    }
}
