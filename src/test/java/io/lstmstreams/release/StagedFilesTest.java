package io.lstmstreams.release;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The check of a release, tried on a small release of its own; its POM is this project's. */
class StagedFilesTest {
    private static final String NAME = "lstm-streams-1.0";

    @TempDir
    private Path repository;

    private Path folder;

    @BeforeEach
    void stage() throws Exception {
        folder = Files.createDirectories(repository.resolve("io/lstmstreams/lstm-streams/1.0"));
        String pom = Files.readString(Path.of("pom.xml")).replace("-SNAPSHOT", "");
        write(NAME + ".pom", pom.getBytes(UTF_8));
        write(NAME + "-cyclonedx.json", new byte[] {'{', '}'});
        for (String jar : List.of(".jar", "-sources.jar", "-javadoc.jar")) {
            jar(NAME + jar, "Apache License");
        }
    }

    private void write(String file, byte[] bytes) throws Exception {
        Files.write(folder.resolve(file), bytes);
        Files.writeString(folder.resolve(file + ".asc"), "signature");
        for (Map.Entry<String, String> sum :
                Map.of("md5", "MD5", "sha1", "SHA-1").entrySet()) {
            Files.writeString(
                    folder.resolve(file + "." + sum.getKey()),
                    HexFormat.of()
                            .formatHex(MessageDigest.getInstance(sum.getValue()).digest(bytes)));
        }
    }

    private void jar(String name, String licence) throws Exception {
        Path file = repository.resolve("building.jar");
        try (OutputStream out = Files.newOutputStream(file);
                JarOutputStream jar = new JarOutputStream(out)) {
            jar.putNextEntry(new ZipEntry("META-INF/LICENSE"));
            jar.write(licence.getBytes(UTF_8));
            jar.putNextEntry(new ZipEntry("META-INF/NOTICE"));
        }
        write(name, Files.readAllBytes(file));
    }

    @Test
    void shouldPassACompleteRelease() throws IOException {
        assertThat(StagedFiles.faults(folder)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "lstm-streams-1.0-sources.jar, lstm-streams-1.0-sources.jar is missing",
        "lstm-streams-1.0-javadoc.jar, lstm-streams-1.0-javadoc.jar is missing",
        "lstm-streams-1.0.pom, lstm-streams-1.0.pom is missing",
        "lstm-streams-1.0-cyclonedx.json, lstm-streams-1.0-cyclonedx.json is missing",
        "lstm-streams-1.0.jar.asc, lstm-streams-1.0.jar is not signed",
        "lstm-streams-1.0.pom.asc, lstm-streams-1.0.pom is not signed",
        "lstm-streams-1.0.jar.md5, lstm-streams-1.0.jar has no md5",
        "lstm-streams-1.0.pom.sha1, lstm-streams-1.0.pom has no sha1"
    })
    void shouldNameAMissingFile(String missing, String fault) throws IOException {
        Files.delete(folder.resolve(missing));

        assertThat(StagedFiles.faults(folder)).containsExactly(fault);
    }

    @Test
    void shouldFindAFileThatWasChangedAfterItsChecksums() throws IOException {
        Files.writeString(folder.resolve(NAME + "-cyclonedx.json"), "{ }");

        assertThat(StagedFiles.faults(folder))
                .containsExactlyInAnyOrder(
                        NAME + "-cyclonedx.json has another md5 than stated",
                        NAME + "-cyclonedx.json has another sha1 than stated");
    }

    @ParameterizedTest
    @CsvSource({"licenses", "developers", "scm", "url", "name", "description"})
    void shouldNameWhatThePomLacks(String element) throws Exception {
        String pom = Files.readString(folder.resolve(NAME + ".pom"));
        String without = pom.replaceFirst("(?s)\n  <" + element + ">.*?</" + element + ">", "");
        assertThat(without).isNotEqualTo(pom);
        write(NAME + ".pom", without.getBytes(UTF_8));

        assertThat(StagedFiles.faults(folder))
                .isNotEmpty()
                .allSatisfy(fault -> assertThat(fault).startsWith("the POM has no " + element));
    }

    @Test
    void shouldRefuseASnapshot() throws Exception {
        write(NAME + ".pom", Files.readAllBytes(Path.of("pom.xml")));

        assertThat(StagedFiles.faults(folder)).contains("the POM names a snapshot at /project/version");
    }

    @Test
    void shouldRefuseAJarWithoutLicence() throws Exception {
        Path file = repository.resolve("empty.jar");
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file))) {
            jar.putNextEntry(new ZipEntry("empty"));
        }
        write(NAME + ".jar", Files.readAllBytes(file));
        jar(NAME + "-javadoc.jar", "all rights reserved");

        assertThat(StagedFiles.faults(folder))
                .containsExactlyInAnyOrder(
                        NAME + ".jar has no META-INF/LICENSE",
                        NAME + ".jar has no META-INF/NOTICE",
                        NAME + "-javadoc.jar has another licence");
    }
}
