package io.lstmstreams.importer.keras.format;

import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Reverses the filters that HDF5 applied to a stored chunk: deflate, shuffle and fletcher32 ("HDF5 File Format
 * Specification", IV.A.2.l). A chunk whose size differs from the file's dimensions is refused.
 */
final class Hdf5Filters {
    private static final int DEFLATE = 1;
    private static final int SHUFFLE = 2;
    private static final int FLETCHER32 = 3;
    private static final int CHECKSUM_BYTES = 4;

    private Hdf5Filters() {}

    /**
     * Restores a chunk.
     *
     * @param filters the filters' numbers, in the order in which they were applied
     * @param elementBytes the bytes of a number
     * @param size the bytes of the complete chunk
     * @param where the file and the dataset, for errors
     */
    static byte[] undo(List<Integer> filters, byte[] stored, int elementBytes, int size, String where) {
        byte[] bytes = stored;
        int checksums =
                (int) filters.stream().filter(filter -> filter == FLETCHER32).count();
        for (int i = filters.size() - 1; i >= 0; i--) {
            bytes = switch (filters.get(i)) {
                case DEFLATE -> inflate(bytes, size + CHECKSUM_BYTES * checksums, where);
                case SHUFFLE -> unshuffle(bytes, elementBytes);
                case FLETCHER32 -> withoutChecksum(bytes, where);
                default ->
                    throw new Unsupported(
                            where,
                            "is stored with HDF5's filter " + filters.get(i)
                                    + "; supported: 1, 2 and 3 (deflate, shuffle, fletcher32)");
            };
        }
        if (bytes.length != size) {
            throw new Malformed(where, "must have chunks of " + size + " bytes, but has one of " + bytes.length);
        }
        return bytes;
    }

    private static byte[] inflate(byte[] stored, int maxBytes, String where) {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(stored);
            byte[] bytes = new byte[maxBytes];
            int length = 0;
            while (length < maxBytes && !inflater.finished()) {
                int count = inflater.inflate(bytes, length, maxBytes - length);
                if (count == 0 && !inflater.finished()) {
                    throw new Malformed(where, "has a compressed chunk that ends too early");
                }
                length += count;
            }
            return length == maxBytes ? bytes : Arrays.copyOf(bytes, length);
        } catch (DataFormatException e) {
            throw new Malformed(where, "has a damaged compressed chunk (" + e.getMessage() + ")");
        } finally {
            inflater.end();
        }
    }

    /**
     * Reverses the shuffle: the first bytes of all numbers, then all second bytes, and so on; an incomplete number is
     * last.
     */
    private static byte[] unshuffle(byte[] shuffled, int elementBytes) {
        int count = shuffled.length / elementBytes;
        byte[] bytes = shuffled.clone();
        for (int b = 0; b < elementBytes; b++) {
            for (int i = 0; i < count; i++) {
                bytes[i * elementBytes + b] = shuffled[b * count + i];
            }
        }
        return bytes;
    }

    private static byte[] withoutChecksum(byte[] bytes, String where) {
        int length = bytes.length - CHECKSUM_BYTES;
        if (length < 0) {
            throw new Malformed(where, "has a chunk without its checksum");
        }
        int stored = 0;
        for (int i = 0; i < CHECKSUM_BYTES; i++) {
            stored |= (bytes[length + i] & 0xff) << (8 * i);
        }
        byte[] content = Arrays.copyOf(bytes, length);
        if (stored != fletcher32(content)) {
            throw new Malformed(where, "has a chunk with a wrong checksum");
        }
        return content;
    }

    /** Returns Fletcher's checksum of big-endian words modulo 65535, as computed by HDF5 (H5checksum.c). */
    private static int fletcher32(byte[] bytes) {
        long sum1 = 0;
        long sum2 = 0;
        for (int i = 0; i < bytes.length; i += 2) {
            int low = i + 1 < bytes.length ? bytes[i + 1] & 0xff : 0;
            sum1 = fold(sum1 + ((bytes[i] & 0xff) << 8 | low));
            sum2 = fold(sum2 + sum1);
        }
        return (int) (fold(sum2) << 16 | fold(sum1));
    }

    private static long fold(long sum) {
        return (sum & 0xffff) + (sum >> 16);
    }
}
