package io.lstmstreams.importer.tensorflow.format;

import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import java.nio.charset.StandardCharsets;

/**
 * A cursor over the fields of one protocol-buffers message in the order of its bytes, without a schema
 * (protobuf.dev/programming-guides/encoding). It copies nothing and never reads outside its message.
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
    private long value; // the number, or the length of the bytes at valueAt
    private int valueAt;

    /**
     * Creates a cursor over a message that fills these bytes.
     *
     * @param where the file, for errors
     */
    ProtoMessage(byte[] bytes, String where) {
        this(bytes, 0, bytes.length, where);
    }

    /** Creates a cursor over a message in a range of bytes. */
    ProtoMessage(byte[] bytes, int from, int to, String where) {
        this.bytes = bytes;
        this.at = from;
        this.end = to;
        this.where = where;
    }

    /** Advances to the next field and returns true, or returns false at the end of the message. */
    boolean next() {
        if (at == end) {
            return false;
        }
        long tag = varint();
        number = (int) (tag >>> 3);
        wireType = (int) (tag & 7);
        if (tag >>> 32 != 0 || number == 0) {
            throw malformed("is invalid");
        }
        switch (wireType) {
            case VARINT -> value = varint();
            case FIXED64 -> value = fixed(Long.BYTES);
            case FIXED32 -> value = fixed(Integer.BYTES);
            case BYTES -> {
                value = varint();
                if (value < 0 || value > end - at) {
                    throw malformed("is longer than its message");
                }
                valueAt = at;
                at += (int) value;
            }
            default -> throw malformed("has an unknown type");
        }
        return true;
    }

    /** Returns the field's number. */
    int number() {
        return number;
    }

    /** Returns the field's value, which must be a number. */
    long value() {
        if (wireType == BYTES) {
            throw malformed("must be a number");
        }
        return value;
    }

    /** Returns the field's value, which must be a message. */
    ProtoMessage message() {
        requireBytes();
        return new ProtoMessage(bytes, valueAt, valueAt + (int) value, where);
    }

    /** Returns the field's value, which must be a string. */
    String text() {
        requireBytes();
        return new String(bytes, valueAt, (int) value, StandardCharsets.UTF_8);
    }

    private void requireBytes() {
        if (wireType != BYTES) {
            throw malformed("must be a string or a message, but is a number");
        }
    }

    private long fixed(int length) {
        if (length > end - at) {
            throw malformed("is longer than its message");
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
        throw malformed("has a number without end");
    }

    private Malformed malformed(String what) {
        return new Malformed(where, "the field that ends at byte " + at + " of a message " + what);
    }
}
