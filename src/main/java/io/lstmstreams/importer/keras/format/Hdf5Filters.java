package io.lstmstreams.importer.keras.format;

import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Undoes what HDF5 did to a chunk before it was stored: the filters deflate, shuffle and fletcher32 ("HDF5 File Format
 * Specification", IV.A.2.l), in reverse order. A chunk has the size that the file's dimensions say, or is refused.
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
     * @param elementBytes bytes of a number
     * @param size bytes of the whole chunk
     * @param where file and dataset, for errors
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
                default -> throw new Unsupported(where, "is stored through HDF5's filter " + filters.get(i));
            };
        }
        if (bytes.length != size) {
            throw new Malformed(where, "has a chunk of " + bytes.length + " bytes, expected " + size);
        }
        return bytes;
    }

    private static byte[] inflate(byte[] stored, int most, String where) {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(stored);
            byte[] bytes = new byte[most];
            int length = 0;
            while (length < most && !inflater.finished()) {
                int count = inflater.inflate(bytes, length, most - length);
                if (count == 0 && !inflater.finished()) {
                    throw new Malformed(where, "has a compressed chunk that ends too early");
                }
                length += count;
            }
            return length == most ? bytes : Arrays.copyOf(bytes, length);
        } catch (DataFormatException e) {
            throw new Malformed(where, "has a compressed chunk that is damaged (" + e.getMessage() + ")");
        } finally {
            inflater.end();
        }
    }

    /** The first bytes of all numbers stand together, then the second ones, and so on; a rest that fills none is last. */
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
            throw new Malformed(where, "has a chunk whose checksum is wrong");
        }
        return content;
    }

    /** Fletcher's checksum of big-endian words modulo 65535, as HDF5 computes it (H5checksum.c). */
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
