package io.lstmstreams.importer.tensorflow.format;

import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.zip.CRC32C;

/**
 * Reads a checkpoint's index, a table of keys and values in LevelDB's format (github.com/google/leveldb,
 * doc/table_format.md; TensorFlow's lib/io/table), and checks its checksums:
 *
 * <pre>
 * data blocks ... metaindex block, index block (values = offset and size of the data blocks, as varints)
 * footer, 48 bytes: offset and size of the metaindex block, of the index block (varints), padding, magic (8 bytes)
 *
 * a block: entries { varints: length shared with the key before, length of the rest, length of the value; rest, value }
 *          restart points (int32 each), their number (int32)
 *          then a byte for the compression (0: none), and the masked CRC-32C of all bytes before (int32)
 * </pre>
 */
final class SortedTable {
    private static final long MAGIC = 0xdb4775248b80fb57L;
    private static final int FOOTER = 48;
    private static final int TRAILER = 5;
    private static final int MAX_KEY = 1_000; // keys share prefixes, so that a small file could hold very long ones
    private static final int MAX_ENTRIES = 50_000;

    private final byte[] bytes;
    private final String where;
    private final Map<String, byte[]> values = new LinkedHashMap<>();
    private byte[] lastKey = new byte[0];

    private SortedTable(byte[] bytes, String where) {
        this.bytes = bytes;
        this.where = where;
    }

    /**
     * Reads a table.
     *
     * @param where the file, for errors
     * @return the values by key, in the order of the keys; a key's bytes are read as UTF-8
     */
    static Map<String, byte[]> read(byte[] bytes, String where) {
        SortedTable table = new SortedTable(bytes, where);
        Cursor footer = table.footer();
        footer.handle(); // the metaindex, which is not used
        table.entries(
                footer.handle(),
                (key, block) -> table.entries(table.cursor(block).handle(), table::add));
        return table.values;
    }

    /**
     * Returns a masked checksum; without a mask, the checksum of bytes that hold checksums is weak (leveldb,
     * util/crc32c.h).
     */
    static int maskedCrc(CRC32C crc) {
        return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
    }

    private Cursor footer() {
        if (bytes.length < FOOTER) {
            throw new Malformed(
                    where,
                    "must have at least " + FOOTER + " bytes as the index of a checkpoint, but has " + bytes.length);
        }
        int magicAt = bytes.length - Long.BYTES;
        long magic = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(magicAt);
        if (magic != MAGIC) {
            throw new Malformed(
                    where,
                    "is not the index of a TensorFlow checkpoint: it does not end with the format's magic number"
                            + " (is the file truncated?)");
        }
        return new Cursor(bytes.length - FOOTER, magicAt);
    }

    private Cursor cursor(byte[] handle) {
        return new SortedTable(handle, where).new Cursor(0, handle.length);
    }

    private void add(byte[] key, byte[] value) {
        if (!values.isEmpty() && Arrays.compareUnsigned(key, lastKey) <= 0) {
            throw new Malformed(where, "its keys must be in ascending order");
        }
        if (values.size() == MAX_ENTRIES) {
            throw new Malformed(where, "must have at most " + MAX_ENTRIES + " entries, but has more");
        }
        lastKey = key;
        values.put(new String(key, StandardCharsets.UTF_8), value);
    }

    private record Handle(long offset, long size) {}

    private void entries(Handle block, BiConsumer<byte[], byte[]> each) {
        if (block.offset < 0 || block.size < 0 || block.offset > bytes.length - FOOTER) {
            throw new Malformed(where, "refers to a block at byte " + block.offset + ", outside the file");
        }
        if (block.size > bytes.length - FOOTER - TRAILER - block.offset) {
            throw new Malformed(where, "the block at byte " + block.offset + " ends outside the file");
        }
        int from = (int) block.offset;
        int size = (int) block.size;
        checkTrailer(from, size);
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int restarts = size < Integer.BYTES ? -1 : in.getInt(from + size - Integer.BYTES);
        if (restarts < 0 || restarts > size / Integer.BYTES - 1) {
            throw new Malformed(where, "the block at byte " + from + " is malformed");
        }
        Cursor cursor = new Cursor(from, from + size - Integer.BYTES * (restarts + 1));
        byte[] key = new byte[0];
        while (cursor.at < cursor.end) {
            long shared = cursor.varint(); // with the key before; it may be more than the rest of the block
            int rest = cursor.length();
            int valueLength = cursor.length();
            if (rest > MAX_KEY || shared > MAX_KEY - rest) {
                throw new Malformed(
                        where,
                        "a key before byte " + cursor.at + " must have at most " + MAX_KEY + " bytes, but has more");
            }
            if (shared < 0 || shared > key.length) {
                throw new Malformed(
                        where, "a key before byte " + cursor.at + " shares more bytes than the key before it has");
            }
            byte[] suffix = cursor.take(rest);
            key = Arrays.copyOf(key, (int) shared + rest);
            System.arraycopy(suffix, 0, key, (int) shared, rest);
            each.accept(key, cursor.take(valueLength));
        }
    }

    private void checkTrailer(int from, int size) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, size + 1);
        int stored = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(from + size + 1);
        if (maskedCrc(crc) != stored) {
            throw new Malformed(where, "the checksum of the block at byte " + from + " is wrong: the file is damaged");
        }
        int compression = bytes[from + size];
        if (compression != 0) {
            throw new Unsupported(
                    where,
                    "the block at byte " + from + " is compressed"
                            + (compression == 1 ? " with Snappy" : " with method " + compression)
                            + ", which is not supported; TensorFlow's own writer does not compress");
        }
    }

    /** A forward reader of a range of the bytes. */
    private final class Cursor {
        private int at;
        private final int end;

        Cursor(int at, int end) {
            this.at = at;
            this.end = end;
        }

        Handle handle() {
            long offset = varint();
            return new Handle(offset, varint());
        }

        int length() {
            long length = varint();
            if (length < 0 || length > end - at) {
                throw new Malformed(where, "an entry at byte " + at + " is longer than its block");
            }
            return (int) length;
        }

        byte[] take(int length) {
            if (length > end - at) {
                throw new Malformed(where, "an entry at byte " + at + " is longer than its block");
            }
            at += length;
            return Arrays.copyOfRange(bytes, at - length, at);
        }

        private long varint() {
            long result = 0;
            for (int shift = 0; shift < Long.SIZE && at < end; shift += 7) {
                byte next = bytes[at++];
                result |= (next & 0x7fL) << shift;
                if (next >= 0) {
                    return result;
                }
            }
            throw new Malformed(where, "a number before byte " + at + " has no end");
        }
    }
}
