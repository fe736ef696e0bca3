package io.lstmstreams.importer.bytes;

import io.lstmstreams.modelfile.tensor.ModelFileException;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * A zip archive whose entries are read into memory and never extracted. An archive with a repeated name is refused, and
 * so is an entry that inflates too far or whose length or checksum differs from the archive's directory. Not
 * thread-safe.
 */
public final class ZipArchive implements Closeable {
    private static final long MAY_INFLATE = 1 << 20; // the bytes to which an entry may inflate at any ratio
    private static final int CHUNK = 1 << 16;

    private final ZipFile zip;
    private final String file;
    private final Limits limits;
    private final Map<String, ZipEntry> entries = new LinkedHashMap<>();

    /**
     * The limits of an archive.
     *
     * @param entries the largest number of entries
     * @param expansion the largest ratio of an entry's size to its size in the archive
     * @param zeroIsNoChecksum true if the checksum 0 means that the writer did not compute a checksum
     */
    public record Limits(int entries, long expansion, boolean zeroIsNoChecksum) {}

    /** Reads the bytes of an entry, or the first of them. */
    public interface Content<T> {
        T read(InputStream in) throws IOException;
    }

    private ZipArchive(ZipFile zip, String file, Limits limits) {
        this.zip = zip;
        this.file = file;
        this.limits = limits;
    }

    /**
     * Opens a file and reads its directory.
     *
     * @param file the file's name in errors
     * @throws ModelFileException if the file cannot be read or is not a valid archive within the limits
     */
    public static ZipArchive open(Path path, String file, Limits limits) {
        return FileReading.read(path, file, () -> {
            try {
                ZipArchive archive = new ZipArchive(new ZipFile(path.toFile()), file, limits);
                try {
                    archive.readDirectory();
                    return archive;
                } catch (RuntimeException e) {
                    archive.close();
                    throw e;
                }
            } catch (ModelFileException e) {
                throw e;
            } catch (ZipException | RuntimeException e) { // the library throws several for malformed names and fields
                throw new Malformed(file, "is a broken zip archive (" + e.getMessage() + ")");
            }
        });
    }

    private void readDirectory() {
        if (zip.size() > limits.entries()) {
            throw new Unsupported(
                    file, "must have at most " + limits.entries() + " zip entries, but has " + zip.size());
        }
        for (ZipEntry entry : Collections.list(zip.entries())) {
            if (entries.put(entry.getName(), entry) != null) {
                throw new Malformed(file + ": zip entry " + entry.getName(), "occurs twice");
            }
        }
    }

    /** Returns the names of all entries, in the directory's order. */
    public Set<String> names() {
        return Collections.unmodifiableSet(entries.keySet());
    }

    /**
     * Returns an entry, if there is one with this name.
     *
     * @param where the entry's name in errors
     */
    public Optional<Entry> entry(String name, String where) {
        return Optional.ofNullable(entries.get(name)).map(entry -> new Entry(entry, where));
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }

    /** A file in the archive. */
    public final class Entry {
        private final ZipEntry entry;
        private final String where;

        private Entry(ZipEntry entry, String where) {
            this.entry = entry;
            this.where = where;
        }

        /** Returns the number of bytes after inflating, as the directory states it; -1 if it does not. */
        public long size() {
            return entry.getSize();
        }

        /**
         * Reads a short entry as a whole.
         *
         * @param limit the largest number of bytes
         * @throws ModelFileException if the entry is longer or damaged
         */
        public byte[] bytes(int limit) throws IOException {
            if (size() > limit) {
                throw new Malformed(where, "must have at most " + limit + " bytes, but has " + size());
            }
            return checked(in -> in.readNBytes(limit));
        }

        /**
         * Reads an entry as a whole.
         *
         * @throws ModelFileException if the entry is damaged, inflates too far, or does not fit into the memory
         */
        public byte[] bytes() throws IOException {
            if (size() > Integer.MAX_VALUE - 8) {
                throw new Unsupported(where, "must have fewer than 2^31 bytes, but has " + size());
            }
            checkExpansion();
            if (size() > Runtime.getRuntime().maxMemory() / 2) {
                throw new Unsupported(
                        where,
                        "has " + size() + " bytes, which do not fit into the memory; give a larger heap with -Xmx");
            }
            return checked(in -> in.readNBytes((int) size()));
        }

        /**
         * Reads an entry. Bytes that {@code content} leaves unread are skipped, and the checksum is that of all bytes.
         *
         * @throws ModelFileException if the entry is damaged or inflates too far
         */
        public <T> T read(Content<T> content) throws IOException {
            checkExpansion();
            return checked(content);
        }

        private <T> T checked(Content<T> content) throws IOException {
            try (CountingStream in = new CountingStream(open())) {
                T result = content.read(in);
                byte[] rest = new byte[CHUNK];
                while (in.count <= size() && in.read(rest) >= 0) {}
                long checksum = in.getChecksum().getValue();
                boolean unchecked = limits.zeroIsNoChecksum() && entry.getCrc() == 0;
                if (in.count != size() || (checksum != entry.getCrc() && !unchecked)) {
                    throw new Malformed(where, "its length or checksum differs from the archive's directory");
                }
                return result;
            } catch (EOFException | ZipException e) {
                throw new Malformed(where, "is damaged: it ends too early or cannot be inflated");
            }
        }

        /** Reads the first bytes of an entry. The rest is not read, and the checksum is not checked. */
        public <T> T readStart(Content<T> content) throws IOException {
            try (InputStream in = open()) {
                return content.read(in);
            } catch (EOFException | ZipException e) {
                throw new Malformed(where, "is damaged: it ends too early or cannot be inflated");
            }
        }

        private InputStream open() throws IOException {
            InputStream in = zip.getInputStream(entry);
            if (in == null) {
                throw new Malformed(where, "is not at the place that the archive's directory states");
            }
            return in;
        }

        private void checkExpansion() {
            long packed = entry.getCompressedSize();
            boolean stored = entry.getMethod() == ZipEntry.STORED;
            if (size() < 0 || packed < 0 || (stored && size() != packed)) {
                throw new Malformed(where, "has an invalid size: " + size() + " bytes, " + packed + " in the archive");
            }
            if (size() > MAY_INFLATE && size() / limits.expansion() > packed) {
                throw new Malformed(
                        where,
                        "would inflate from " + packed + " to " + size() + " bytes, which is more than "
                                + limits.expansion() + " times");
            }
        }
    }

    /** Counts the bytes and computes their checksum. */
    private static final class CountingStream extends CheckedInputStream {
        private long count;

        CountingStream(InputStream in) {
            super(in, new CRC32());
        }

        @Override
        public int read() throws IOException {
            int next = super.read();
            count += next < 0 ? 0 : 1;
            return next;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            int read = super.read(bytes, from, length);
            count += Math.max(0, read);
            return read;
        }
    }
}
