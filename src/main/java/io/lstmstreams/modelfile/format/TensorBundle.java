package io.lstmstreams.modelfile.format;

import io.lstmstreams.modelfile.tensor.ModelFileException.Inaccessible;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * A checkpoint of TensorFlow in format V2: {@code PREFIX.index}, a {@link SortedTable} of what is where, and the bytes of the
 * tensors in {@code PREFIX.data-00000-of-0000N} (TensorFlow's core/util/tensor_bundle). All checksums are checked, and nothing
 * is allocated on the index's word alone: sizes are compared with the data file's first.
 */
public final class TensorBundle implements VariableFile {
    private static final String HEADER = ""; // the key of the header
    private static final int VERSION = 1;
    private static final int MAX_INDEX = 100_000_000; // an index describes a tensor in about 60 bytes
    private static final int MAX_SHARDS = 99_999;
    private static final int CHUNK = 1 << 16;

    private final Path prefix;
    private final String file;
    private final Map<String, BundleEntry> entries = new LinkedHashMap<>();
    private int shards = 1;
    private ByteOrder order = ByteOrder.LITTLE_ENDIAN;

    private TensorBundle(Path prefix, String file) {
        this.prefix = prefix;
        this.file = file;
    }

    /**
     * Reads the index.
     *
     * @param prefix the paths of the files up to {@code .index} and {@code .data-}
     * @param file what errors call the checkpoint
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if it cannot be read or breaks the format
     */
    public static TensorBundle open(Path prefix, String file) {
        TensorBundle bundle = new TensorBundle(prefix, file);
        Path index = bundle.sibling(".index");
        String where = bundle.where(index);
        Map<String, byte[]> table = SortedTable.read(bytes(index, where), where);
        byte[] header = table.remove(HEADER);
        if (header == null) {
            throw new Malformed(where, "has no header");
        }
        bundle.readHeader(header, where);
        table.forEach((name, proto) -> {
            // The entry of a slice has a key that begins with a zero byte; the entry of the whole names its slices.
            if (!name.startsWith("\0")) {
                bundle.entries.put(name, BundleEntry.parse(name, proto, file));
            }
        });
        bundle.checkExtents();
        return bundle;
    }

    private static byte[] bytes(Path path, String where) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            if (channel.size() > MAX_INDEX) {
                throw new Malformed(where, "is longer than " + MAX_INDEX + " bytes");
            }
            return readFully(channel, 0, (int) channel.size()).array();
        } catch (NoSuchFileException e) {
            throw new Inaccessible(where, "no such file", e);
        } catch (IOException e) {
            throw new Inaccessible(where, "cannot be read (" + e.getMessage() + ")", e);
        }
    }

    /** Also what nobody is going to read has to be there: a data file that is cut short is no whole checkpoint. */
    private void checkExtents() {
        Map<Integer, Long> ends = new TreeMap<>(); // by data file
        for (BundleEntry entry : entries.values()) {
            if (!entry.sliced()) {
                long end = entry.offset() + entry.size();
                ends.merge(entry.shard(), end < 0 ? Long.MAX_VALUE : end, Math::max);
            }
        }
        ends.forEach((shard, end) -> {
            Path path = dataFile(shard);
            try {
                if (Files.size(path) < end) {
                    throw new Malformed(
                            where(path),
                            "has " + Files.size(path) + " bytes, but the index says that its tensors end at byte " + end
                                    + " (is it cut short?)");
                }
            } catch (NoSuchFileException e) {
                throw new Inaccessible(where(path), "no such file, though the index says that it holds the data", e);
            } catch (IOException e) {
                throw new Inaccessible(where(path), "cannot be read (" + e.getMessage() + ")", e);
            }
        });
    }

    private Path dataFile(int shard) {
        if (shard >= shards) {
            throw new Malformed(file, "a tensor lies in data file " + shard + ", but there are only " + shards);
        }
        return sibling(String.format(Locale.ROOT, ".data-%05d-of-%05d", shard, shards));
    }

    /** BundleHeaderProto of core/protobuf/tensor_bundle.proto. */
    private void readHeader(byte[] proto, String where) {
        ProtoMessage header = new ProtoMessage(proto, where);
        while (header.next()) {
            switch (header.number()) {
                case 1 -> {
                    if (header.value() < 1 || header.value() > MAX_SHARDS) {
                        throw new Malformed(where, "says that it has " + header.value() + " data files");
                    }
                    shards = (int) header.value();
                }
                case 2 -> order = header.value() == 0 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
                case 3 -> checkVersion(header.message(), where);
                default -> {} // of a later version, which min_consumer would forbid us if it mattered
            }
        }
    }

    private static void checkVersion(ProtoMessage version, String where) {
        while (version.next()) {
            if (version.number() == 2 && version.value() > VERSION) {
                throw new Unsupported(
                        where, "is of version " + version.value() + " of the format, known is " + VERSION);
            }
        }
    }

    @Override
    public Map<String, Variable> variables() {
        Map<String, Variable> variables = new LinkedHashMap<>();
        entries.forEach((name, entry) -> variables.put(
                name,
                new Variable(
                        name,
                        entry.shape(),
                        entry.type().name(),
                        entry.type().number().isPresent())));
        return Collections.unmodifiableMap(variables);
    }

    @Override
    public Tensor tensor(String name) {
        BundleEntry entry = entries.get(name);
        String where = file + ": tensor " + name;
        NumberType type = entry.type()
                .number()
                .orElseThrow(() -> new Unsupported(
                        where, "its numbers are of type " + entry.type().name() + ", not of floating point"));
        if (entry.sliced()) {
            throw new Unsupported(
                    where, "is a partitioned variable, cut into slices; save it as one (without a partitioner)");
        }
        if (entry.size() / type.bytes() > Integer.MAX_VALUE - 8) {
            throw new Unsupported(where, "has more elements than an array can hold");
        }
        float[][] values = new float[1][];
        read(entry, (channel, crc) -> values[0] = floats(channel, entry, type, crc, where));
        FiniteNumbers.check(values[0], where);
        return new Tensor(name, entry.shape(), values[0]);
    }

    private float[] floats(FileChannel channel, BundleEntry entry, NumberType type, CRC32C crc, String where)
            throws IOException {
        float[] values = new float[(int) (entry.size() / type.bytes())]; // not more than the file has bytes
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
        checkCrc(crc, entry, where);
        return values;
    }

    /**
     * The names that variables have in their program, by their names here, as far as the file tells them: TensorFlow 2 keeps
     * variables under the paths of the objects that own them.
     */
    public Map<String, String> fullNames() {
        return string(ObjectGraph.KEY, MAX_INDEX)
                .map(proto -> ObjectGraph.fullNames(proto, file + ": tensor " + ObjectGraph.KEY))
                .orElse(Map.of());
    }

    /**
     * Reads an entry that is one text or other run of bytes; empty if there is none of this name.
     *
     * @param maxLength what is longer is refused
     */
    private Optional<byte[]> string(String name, int maxLength) {
        BundleEntry entry = entries.get(name);
        if (entry == null || !entry.type().name().equals("string") || entry.shape().length > 0 || entry.sliced()) {
            return Optional.empty();
        }
        String where = file + ": tensor " + name;
        if (entry.size() > maxLength) {
            throw new Malformed(where, "is longer than " + maxLength + " bytes");
        }
        byte[][] content = new byte[1][];
        read(
                entry,
                (channel, crc) ->
                        content[0] = string(readFully(channel, entry.offset(), (int) entry.size()), crc, entry, where));
        return Optional.of(content[0]);
    }

    /** Length as varint, the masked checksum of the length (as int32), the bytes; the entry's checksum covers all three. */
    private byte[] string(ByteBuffer in, CRC32C crc, BundleEntry entry, String where) {
        in.order(order);
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
        void from(FileChannel channel, CRC32C crc) throws IOException;
    }

    private void read(BundleEntry entry, Reading reading) {
        Path path = dataFile(entry.shard());
        String where = where(path);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            reading.from(channel, new CRC32C()); // the entry lies within the file: its extent was checked
        } catch (NoSuchFileException e) {
            throw new Inaccessible(where, "no such file, though the index says that it holds the data", e);
        } catch (IOException e) {
            throw new Inaccessible(where, "cannot be read (" + e.getMessage() + ")", e);
        }
    }

    private Path sibling(String suffix) {
        Path sibling = prefix.resolveSibling(prefix.getFileName() + suffix);
        if (Files.isDirectory(sibling)) {
            throw new Inaccessible(where(sibling), "is a folder, not a file", null);
        }
        return sibling;
    }

    private String where(Path path) {
        String name = path.getFileName().toString();
        return file.endsWith(name) ? file : file + " (" + name + ")";
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
