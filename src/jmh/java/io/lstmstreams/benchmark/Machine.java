package io.lstmstreams.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.stream.Stream;

/** A description of the machine that a table was measured on. */
public final class Machine {
    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

    private Machine() {}

    /**
     * Returns one line with processor, cores, JDK, date and the command that repeats the measurement.
     *
     * @param command the command as it is typed
     */
    public static String header(String command) {
        return String.format(
                Locale.ROOT,
                "%s, %d cores, %s, JDK %s, %s; `%s`",
                processor(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name"),
                Runtime.version().feature(),
                LocalDate.now(ZoneOffset.UTC),
                command);
    }

    private static String processor() {
        if (Files.isReadable(PROCESSORS)) {
            try (Stream<String> lines = Files.lines(PROCESSORS)) {
                return lines.filter(line -> line.startsWith("model name"))
                        .map(line -> line.substring(line.indexOf(':') + 1).strip())
                        .findFirst()
                        .orElse(System.getProperty("os.arch"));
            } catch (IOException e) {
                return System.getProperty("os.arch"); // a table without its processor is better than no table
            }
        }
        return System.getProperty("os.arch");
    }
}
