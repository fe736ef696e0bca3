package io.lstmstreams.importer.tensorflow.format;

import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import java.nio.charset.StandardCharsets;

/**
 * A cursor over the fields of one protocol-buffers message as they lie in the bytes, without a schema
 * (protobuf.dev/programming-guides/encoding). It copies nothing and never reads outside of its message.
 */
final class ProtoMessage {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;

    private final byte[] bytes;
    private final String where;
    private final int end;
    private int at;
    private int number;
    private int wireType;
    private long value; // of a number; of bytes their length, and they begin at valueAt
    private int valueAt;

    /**
     * The message that fills these bytes.
     *
     * @param where the file, for errors
     */
    ProtoMessage(byte[] bytes, String where) {
        this(bytes, 0, bytes.length, where);
    }

    /** The message in a range of bytes. */
    ProtoMessage(byte[] bytes, int from, int to, String where) {
        this.bytes = bytes;
        this.at = from;
        this.end = to;
        this.where = where;
    }

    /** Goes on to the next field; false at the end of the message. */
    boolean next() {
        if (at == end) {
            return false;
        }
        long tag = varint();
        number = (int) (tag >>> 3);
        wireType = (int) (tag & 7);
        if (tag >>> 32 != 0 || number == 0) {
            throw malformed("is no field");
        }
        switch (wireType) {
            case VARINT -> value = varint();
            case FIXED64 -> value = fixed(Long.BYTES);
            case FIXED32 -> value = fixed(Integer.BYTES);
            case BYTES -> {
                value = varint();
                if (value < 0 || value > end - at) {
                    throw malformed("is longer than what holds it");
                }
                valueAt = at;
                at += (int) value;
            }
            default -> throw malformed("is of an unknown kind");
        }
        return true;
    }

    /** The field's number. */
    int number() {
        return number;
    }

    /** The field's value, which is a number. */
    long value() {
        if (wireType == BYTES) {
            throw malformed("is no number");
        }
        return value;
    }

    /** The field's value, which is a message. */
    ProtoMessage message() {
        requireBytes();
        return new ProtoMessage(bytes, valueAt, valueAt + (int) value, where);
    }

    /** The field's value, which is a text. */
    String text() {
        requireBytes();
        return new String(bytes, valueAt, (int) value, StandardCharsets.UTF_8);
    }

    private void requireBytes() {
        if (wireType != BYTES) {
            throw malformed("is a number where a text or message belongs");
        }
    }

    private long fixed(int length) {
        if (length > end - at) {
            throw malformed("is longer than what holds it");
        }
        long result = 0;
        for (int i = 0; i < length; i++) {
            result |= (bytes[at++] & 0xffL) << (8 * i);
        }
        return result;
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
        throw malformed("has a number without an end");
    }

    private Malformed malformed(String what) {
        return new Malformed(where, "the field that ends at byte " + at + " of a message " + what);
    }
}
