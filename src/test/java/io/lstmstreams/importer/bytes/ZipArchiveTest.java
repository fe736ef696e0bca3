package io.lstmstreams.importer.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lstmstreams.modelfile.tensor.ModelFileException.Inaccessible;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZipArchiveTest {
    private static final ZipArchive.Limits LIMITS = new ZipArchive.Limits(2, 16, false);

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("m.zip");
    }

    @Test
    void shouldReadEntriesAndTheStartOfEntries() throws IOException {
        write("first", "second");

        try (ZipArchive zip = ZipArchive.open(file, "m", LIMITS)) {
            assertThat(zip.names()).containsExactly("first", "second");
            assertThat(zip.entry("third", "m: third")).isEmpty();
            ZipArchive.Entry entry = zip.entry("first", "m: first").orElseThrow();
            assertThat(entry.size()).isEqualTo(5);
            assertThat(entry.bytes()).asString(StandardCharsets.UTF_8).isEqualTo("first");
            assertThat(entry.bytes(5)).asString(StandardCharsets.UTF_8).isEqualTo("first");
            assertThat(entry.<Integer>readStart(in -> in.read())).isEqualTo('f');
            assertThat(entry.<Integer>read(in -> in.read())).isEqualTo('f');
            assertThatThrownBy(() -> entry.bytes(4))
                    .isInstanceOf(Malformed.class)
                    .hasMessage("m: first: must have at most 4 bytes, but has 5");
        }
    }

    @Test
    void shouldRefuseTooManyEntries() throws IOException {
        write("1", "2", "3");

        assertThatThrownBy(() -> ZipArchive.open(file, "m", LIMITS))
                .isInstanceOf(Unsupported.class)
                .hasMessage("m: must have at most 2 zip entries, but has 3");
    }

    @Test
    void shouldRefuseAnEntryThatInflatesTooFar() throws IOException {
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
            out.putNextEntry(new ZipEntry("zeros"));
            out.write(new byte[2 << 20]);
        }

        try (ZipArchive zip = ZipArchive.open(file, "m", LIMITS)) {
            assertThatThrownBy(
                            () -> zip.entry("zeros", "m: zeros").orElseThrow().bytes())
                    .isInstanceOf(Malformed.class)
                    .hasMessageContaining("m: zeros: would inflate from")
                    .hasMessageContaining("to 2097152 bytes, which is more than 16 times");
        }
    }

    @Test
    void shouldCheckTheChecksumUnlessTheArchiveMayOmitIt() throws IOException {
        // Given: a stored entry whose checksum is 0, in front of the entry and in the directory
        byte[] content = "numbers".getBytes(StandardCharsets.UTF_8);
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry entry = new ZipEntry("data");
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        try (OutputStream stream = Files.newOutputStream(file);
                ZipOutputStream out = new ZipOutputStream(stream)) {
            out.putNextEntry(entry);
            out.write(content);
        }
        byte[] bytes = Files.readAllBytes(file);
        for (int i = 0; i + 4 <= bytes.length; i++) {
            boolean found = true;
            for (int k = 0; k < 4; k++) {
                found &= bytes[i + k] == (byte) (crc.getValue() >>> (8 * k));
            }
            for (int k = 0; found && k < 4; k++) {
                bytes[i + k] = 0;
            }
        }
        Files.write(file, bytes);

        // Then
        try (ZipArchive zip = ZipArchive.open(file, "m", new ZipArchive.Limits(2, 16, true))) {
            assertThat(zip.entry("data", "m: data").orElseThrow().bytes()).isEqualTo(content);
        }
        try (ZipArchive zip = ZipArchive.open(file, "m", LIMITS)) {
            assertThatThrownBy(() -> zip.entry("data", "m: data").orElseThrow().bytes())
                    .isInstanceOf(Malformed.class)
                    .hasMessage("m: data: its length or checksum differs from the archive's directory");
        }
    }

    @Test
    void shouldRefuseFilesThatAreNotArchives() throws IOException {
        assertThatThrownBy(() -> ZipArchive.open(file, "m", LIMITS))
                .isInstanceOf(Inaccessible.class)
                .hasMessage("m: does not exist");
        assertThatThrownBy(() -> ZipArchive.open(folder, "m", LIMITS))
                .isInstanceOf(Inaccessible.class)
                .hasMessage("m: is a folder, not a file");

        Files.writeString(file, "no archive");
        assertThatThrownBy(() -> ZipArchive.open(file, "m", LIMITS))
                .isInstanceOf(Malformed.class)
                .hasMessageStartingWith("m: is a broken zip archive (");
    }

    private void write(String... names) throws IOException {
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
            for (String name : names) {
                out.putNextEntry(new ZipEntry(name));
                out.write(name.getBytes(StandardCharsets.UTF_8));
            }
        }
    }
}
