package io.lstmstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher scripts: that of Unix with stand-ins for Java, and that of Windows beside it. */
class LauncherTest {
    private static final Path BIN = Path.of("src", "main", "dist", "bin");

    @TempDir
    private Path folder;

    /** Creates a Java that prints a version if it is asked, and otherwise its arguments. */
    private void java(String version) throws IOException {
        Path java = Files.createDirectories(folder.resolve("bin")).resolve("java");
        Files.writeString(java, """
                #!/bin/sh
                if [ "$1" = -version ]; then echo 'openjdk version "%s" 2021-04-20' >&2; else printf '%%s\\n' "$@"; fi
                """.formatted(version));
        assertThat(java.toFile().setExecutable(true)).isTrue();
    }

    private JavaProcess launch(String... arguments) {
        List<String> command = Stream.concat(
                        Stream.of(
                                "sh",
                                BIN.resolve("lstm-streams").toAbsolutePath().toString()),
                        Stream.of(arguments))
                .toList();
        return JavaProcess.start(
                folder, Map.of("JAVA_HOME", folder.toString(), "JAVA_OPTS", "-Dmy.option=1 -Xmx99m"), "", command);
    }

    @ParameterizedTest
    @CsvSource({"1.8.0_292, 8", "11.0.2, 11", "16, 16"})
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a shell script")
    void shouldSayInOneLineThatJavaIsTooOld(String version, String major) throws Exception {
        java(version);
        assertTooOld(major);

        Files.writeString(folder.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        java("99"); // not asked
        assertTooOld(major);
    }

    private void assertTooOld(String major) throws Exception {
        try (JavaProcess process = launch("--version")) {
            assertThat(process.exitCode()).isEqualTo(1);
            assertThat(process.err())
                    .isEqualToIgnoringNewLines("lstm-streams: Java " + major + " at " + folder
                            + "/bin/java is too old; install a JDK 17 or later, or set JAVA_HOME");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"17", "17.0.15", "25.0.1-ea", "26-internal"})
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a shell script")
    void shouldStartAnyLaterJavaWithTheOptionsOfTheUserLast(String version) throws Exception {
        java(version);

        try (JavaProcess process = launch("replay", "--input", "my sessions.txt")) {
            assertThat(process.exitCode()).as(process.err()).isZero();
            assertThat(process.out().lines())
                    .startsWith("--add-modules", "jdk.incubator.vector")
                    .containsSubsequence("-XX:+TieredCompilation", "-Dmy.option=1", "-Xmx99m", "-cp")
                    .endsWith("io.lstmstreams.cli.Main", "replay", "--input", "my sessions.txt");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "describe", "model"})
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a shell script")
    void shouldStartCommandsThatOnlyPrintWithTheFastCompiler(String command) throws Exception {
        java("17");

        try (JavaProcess process = launch(command)) {
            assertThat(process.exitCode()).as(process.err()).isZero();
            assertThat(process.out().lines()).contains("-XX:TieredStopAtLevel=1");
        }
    }

    @Test
    void shouldGiveJavaTheSameOptionsOnWindows() throws IOException {
        List<String> unix = options("lstm-streams");

        assertThat(options("lstm-streams.cmd")).isEqualTo(unix);
        assertThat(unix).contains("--add-modules jdk.incubator.vector", "-XX:+ExitOnOutOfMemoryError");
    }

    /** Returns the options of Java's command line in a script, in the notation of Unix. */
    private static List<String> options(String script) throws IOException {
        String text = Files.readString(BIN.resolve(script)).replace("\r", "");
        String command = text.substring(
                text.lastIndexOf("java\" ") < 0 ? text.lastIndexOf("java%\" ") : text.lastIndexOf("java\" "));
        Matcher option = Pattern.compile("(?m)^  (\\S.*?) [\\\\^]$").matcher(command);
        return option.results()
                .map(found -> found.group(1)
                        .replace("%home%", "$home")
                        .replace("%JAVA_OPTS%", "${JAVA_OPTS:-}")
                        .replace("%compiler%", "$compiler")
                        .replace('\\', '/')
                        .replace("\"", ""))
                .toList();
    }

    @Test
    void shouldEndTheLinesOfTheBatchFileAsWindowsExpects() throws IOException {
        String text = Files.readString(BIN.resolve("lstm-streams.cmd"));

        assertThat(text.replace("\r\n", "")).doesNotContain("\n");
    }
}
