package io.lstmstreams.topology;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * The size of a record as a batch of its own, which is what Kafka's producer compares with {@code max.request.size} and what
 * brokers compare with {@code max.message.bytes}. Nothing here allocates.
 */
final class RecordSize {
    private static final int BATCH_OVERHEAD = 61;
    private static final int RECORD_OVERHEAD =
            21; // the most that Kafka counts for length, attributes, offset and timestamp
    private static final int VARINT_BITS = 7;

    private RecordSize() {}

    /** Returns the largest size that the record may have as a batch, without compression. */
    static long ofBatch(byte[] key, byte[] value, Headers headers) {
        return BATCH_OVERHEAD + RECORD_OVERHEAD + of(key) + of(value) + ofVarint(count(headers)) + of(headers);
    }

    /** Returns the bytes of a key or a value with their length. */
    static long of(byte[] part) {
        return part == null ? 1 : ofVarint(part.length) + (long) part.length;
    }

    /** Returns the bytes of all headers with their lengths. */
    static long of(Headers headers) {
        long bytes = 0;
        for (Header header : headers) {
            bytes += of(header);
        }
        return bytes;
    }

    /** Returns the bytes of a header with its lengths. */
    static long of(Header header) {
        int name = ofUtf8(header.key());
        return ofVarint(name) + name + of(header.value());
    }

    private static int count(Headers headers) {
        int count = 0;
        for (Header ignored : headers) {
            count++;
        }
        return count;
    }

    private static int ofUtf8(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                bytes++;
            } else if (c < 0x800 || Character.isSurrogate(c)) {
                bytes += 2; // 4 of a pair
            } else {
                bytes += 3;
            }
        }
        return bytes;
    }

    /** Returns the bytes of a length of zero or more as a signed varint, which has a bit for the sign. */
    private static int ofVarint(int length) {
        int bits = Integer.SIZE - Integer.numberOfLeadingZeros(length) + 1;
        return (bits + VARINT_BITS - 1) / VARINT_BITS;
    }
}
