package io.lstmstreams.cli;

import io.lstmstreams.waiting.ProgressTimeout;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A separate process whose output goes to files. */
public final class JavaProcess implements AutoCloseable {
    private final Process process;
    private final Path out;
    private final Path err;

    private JavaProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** Starts a command of {@code lstm-streams} in the tests' Java, with the tests' class path. */
    public static JavaProcess main(Path logs, String... arguments) {
        return start(logs, Map.of(), "", command(List.of(), "io.lstmstreams.cli.Main", arguments));
    }

    /** Returns a command that runs a class in the tests' Java, with the tests' class path. */
    public static List<String> command(List<String> options, String main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
        command.addAll(Arrays.asList(arguments));
        return command;
    }

    /** Starts the distribution's launcher, as users do. */
    public static JavaProcess launcher(Path logs, Map<String, String> environment, String... arguments) {
        Map<String, String> all = new HashMap<>(Map.of("JAVA_HOME", System.getProperty("java.home"), "JAVA_OPTS", ""));
        all.putAll(environment);
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("test.distribution", "target/lstm-streams"), "bin", "lstm-streams")
                        .toAbsolutePath()
                        .toString()));
        command.addAll(Arrays.asList(arguments));
        return start(logs, all, "", command);
    }

    /**
     * Starts a command.
     *
     * @param logs a directory for its output
     * @param environment the variables that are added to those of this process
     * @param input the contents of its standard input
     */
    public static JavaProcess start(Path logs, Map<String, String> environment, String input, List<String> command) {
        try {
            Path in = Files.writeString(Files.createTempFile(logs, "process", ".in"), input);
            Path out = Files.createTempFile(logs, "process", ".out");
            Path err = Files.createTempFile(logs, "process", ".err");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectInput(in.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().putAll(environment);
            return new JavaProcess(builder.start(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the process ends by itself, and returns its exit code. */
    public int exitCode() throws InterruptedException {
        ProgressTimeout timeout = new ProgressTimeout("the end of the process");
        while (!process.waitFor(1, TimeUnit.SECONDS)) {
            try {
                timeout.check(progress());
            } catch (AssertionError e) {
                throw new AssertionError(e.getMessage() + "; it said: " + err(), e);
            }
        }
        return process.exitValue();
    }

    /** Returns a value that changes whenever the process has written or computed anything. */
    public String progress() {
        Duration computed = process.info().totalCpuDuration().orElse(Duration.ZERO);
        return computed.toMillis() + " ms computed, " + out.toFile().length() + " and "
                + err.toFile().length() + " bytes written";
    }

    /** Returns the process id. */
    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Kills the process, as {@code kill -9} does. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Asks the process to end, as {@code kill} does. */
    public void terminate() {
        process.destroy();
    }

    /** Returns the standard output so far. */
    public String out() {
        return read(out);
    }

    /** Returns the standard error so far. */
    public String err() {
        return read(err);
    }

    private static String read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
