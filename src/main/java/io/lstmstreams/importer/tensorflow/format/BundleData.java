package io.lstmstreams.importer.tensorflow.format;

import io.lstmstreams.importer.bytes.FileReading;
import io.lstmstreams.modelfile.tensor.ModelFileException.Inaccessible;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.NumberType;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * The files of a tensor bundle: the index, and the bytes of the tensors in {@code PREFIX.data-00000-of-0000N}. All
 * bytes are checked against their checksums.
 */
final class BundleData {
    private static final int CHUNK = 1 << 16;

    private final Path prefix;
    private final String file;
    private final int shards;
    private final ByteOrder order;

    /** Creates the data of the files with a prefix; {@code file} is their common name in errors. */
    BundleData(Path prefix, String file, int shards, ByteOrder order) {
        this.prefix = prefix;
        this.file = file;
        this.shards = shards;
        this.order = order;
    }

    /** Returns the name of one of the files in errors. */
    static String where(String file, Path path) {
        String name = path.getFileName().toString();
        return file.endsWith(name) ? file : file + " (" + name + ")";
    }

    static Path sibling(Path prefix, String suffix, String file) {
        Path sibling = prefix.resolveSibling(prefix.getFileName() + suffix);
        if (Files.isDirectory(sibling)) {
            throw new Inaccessible(where(file, sibling), "is a folder, not a file", null);
        }
        return sibling;
    }

    /** Reads a file of at most {@code maxLength} bytes. */
    static byte[] bytes(Path path, int maxLength, String where) {
        return FileReading.read(path, where, () -> {
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                if (channel.size() > maxLength) {
                    throw new Malformed(where, "must have at most " + maxLength + " bytes, but has more");
                }
                return readFully(channel, 0, (int) channel.size()).array();
            }
        });
    }

    /**
     * Checks that all tensors lie in the files, including tensors that will not be read, and that their sum is not
     * larger than the files: many tensors on the same bytes would let a small file exhaust the memory.
     */
    void checkExtents(Collection<BundleEntry> entries) {
        Map<Integer, Extent> extents = new TreeMap<>(); // by data file
        for (BundleEntry entry : entries) {
            if (!entry.sliced()) {
                extents.computeIfAbsent(entry.shard(), shard -> new Extent()).add(entry);
            }
        }
        extents.forEach((shard, extent) -> {
            if (shard >= shards) {
                throw new Malformed(
                        file, "a tensor is in data file " + shard + ", but there are only " + shards + " data files");
            }
            reading(shard, channel -> {
                if (channel.size() < extent.end) {
                    throw new Malformed(
                            where(file, path(shard)),
                            "has " + channel.size() + " bytes, but the index says that its tensors end at byte "
                                    + extent.end + " (is the file truncated?)");
                }
                if (channel.size() < extent.total) {
                    throw new Malformed(where(file, path(shard)), "has fewer bytes than the sum of its tensors");
                }
            });
        });
    }

    /** The end of a file's last tensor, and the sum of its tensors' bytes. */
    private static final class Extent {
        private long end;
        private long total;

        void add(BundleEntry entry) {
            long last = entry.offset() + entry.size();
            end = Math.max(end, last < 0 ? Long.MAX_VALUE : last);
            long sum = total + entry.size();
            total = sum < 0 ? Long.MAX_VALUE : sum;
        }
    }

    /** Reads the numbers of a tensor whose extent was checked. */
    float[] floats(BundleEntry entry, NumberType type, String where) {
        float[] values = new float[(int) (entry.size() / type.bytes())]; // not larger than the file
        CRC32C crc = new CRC32C();
        reading(entry.shard(), channel -> {
            long at = entry.offset();
            for (int i = 0; i < values.length; ) {
                int count = Math.min(values.length - i, CHUNK / type.bytes());
                ByteBuffer bytes = readFully(channel, at, count * type.bytes()).order(order);
                crc.update(bytes.duplicate());
                at += bytes.remaining();
                for (int last = i + count; i < last; i++) {
                    values[i] = type.read(bytes);
                }
            }
        });
        checkCrc(crc, entry, where);
        return values;
    }

    /**
     * Reads a tensor that is a single string of bytes: its length as varint, the masked checksum of the length (as
     * int32), and the bytes. The entry's checksum covers all three.
     */
    byte[] string(BundleEntry entry, String where) {
        ByteBuffer in = ByteBuffer.allocate((int) entry.size()).order(order);
        reading(entry.shard(), channel -> in.put(readFully(channel, entry.offset(), in.capacity())));
        in.flip();
        int length = 0;
        int shift = 0;
        byte next = -1;
        while (next < 0 && shift < 28 && in.hasRemaining()) {
            next = in.get();
            length |= (next & 0x7f) << shift;
            shift += 7;
        }
        if (next < 0 || in.remaining() != (long) length + Integer.BYTES) {
            throw new Malformed(where, "its length is wrong");
        }
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(Integer.BYTES).order(order).putInt(0, length));
        int masked = SortedTable.maskedCrc(crc);
        if (in.getInt() != masked) {
            throw new Malformed(where, "the checksum of its length is wrong: the file is damaged");
        }
        crc.update(ByteBuffer.allocate(Integer.BYTES).order(order).putInt(0, masked));
        byte[] content = new byte[length];
        in.get(content);
        crc.update(content);
        checkCrc(crc, entry, where);
        return content;
    }

    private static void checkCrc(CRC32C crc, BundleEntry entry, String where) {
        if (SortedTable.maskedCrc(crc) != entry.crc()) {
            throw new Malformed(where, "its checksum is wrong: the data file is damaged");
        }
    }

    private interface Reading {
        void from(FileChannel channel) throws IOException;
    }

    private Path path(int shard) {
        return sibling(prefix, String.format(Locale.ROOT, ".data-%05d-of-%05d", shard, shards), file);
    }

    private void reading(int shard, Reading reading) {
        Path path = path(shard);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            reading.from(channel);
        } catch (NoSuchFileException e) {
            throw new Inaccessible(where(file, path), "does not exist, but the index refers to it", e);
        } catch (IOException e) {
            throw new Inaccessible(where(file, path), "cannot be read (" + e.getMessage() + ")", e);
        }
    }

    private static ByteBuffer readFully(FileChannel channel, long at, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, at + bytes.position()) < 0) {
                throw new EOFException("it became shorter while being read");
            }
        }
        return bytes.flip();
    }
}
