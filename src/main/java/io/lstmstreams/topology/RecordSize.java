package io.lstmstreams.topology;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The size of a record as a batch of its own, which Kafka's producer compares with {@code max.request.size} and
 * brokers compare with {@code max.message.bytes}. Nothing here allocates.
 */
final class RecordSize {
    private static final int BATCH_OVERHEAD = 61;
    private static final int RECORD_OVERHEAD = 21; // at most, for length, attributes, offset and timestamp
    private static final int VARINT_BITS = 7;

    private RecordSize() {}

    /** Returns an upper bound of the size of a record as a batch, in bytes without compression. */
    static long ofBatch(byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        return BATCH_OVERHEAD + RECORD_OVERHEAD + of(key) + of(value) + ofVarint(count(headers)) + of(headers);
    }

    /** Returns the size of a key or a value with its length, in bytes. */
    static long of(byte @Nullable [] part) {
        return part == null ? 1 : ofVarint(part.length) + (long) part.length;
    }

    /** Returns the size of all headers with their lengths, in bytes. */
    static long of(Headers headers) {
        long bytes = 0;
        for (Header header : headers) {
            bytes += of(header);
        }
        return bytes;
    }

    /** Returns the size of a header with its lengths, in bytes. */
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
            char character = text.charAt(i);
            if (character < 0x80) {
                bytes++;
            } else if (character < 0x800 || Character.isSurrogate(character)) {
                bytes += 2; // a surrogate pair has 4 bytes
            } else {
                bytes += 3;
            }
        }
        return bytes;
    }

    /** Returns the size of a length as a signed varint, in bytes; lengths are zero or more. */
    private static int ofVarint(int length) {
        int bits = Integer.SIZE - Integer.numberOfLeadingZeros(length) + 1;
        return (bits + VARINT_BITS - 1) / VARINT_BITS;
    }
}
