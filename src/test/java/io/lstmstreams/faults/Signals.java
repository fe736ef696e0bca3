package io.lstmstreams.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Commands of the operating system that Java does not offer. */
final class Signals {
    private Signals() {}

    /** Sends a signal, such as {@code STOP}. */
    static void send(String signal, long pid) {
        if (!succeeds(List.of("kill", "-" + signal, Long.toString(pid)))) {
            throw new IllegalStateException("no SIG" + signal + " could be sent to process " + pid);
        }
    }

    /** Returns whether a command can be run and exits with 0. */
    static boolean succeeds(List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor() == 0;
        } catch (IOException e) {
            return false; // the command does not exist
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException("interrupted", e));
        }
    }
}
