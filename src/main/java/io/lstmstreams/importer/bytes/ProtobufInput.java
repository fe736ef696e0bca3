package io.lstmstreams.importer.bytes;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/**
 * A cursor over the fields of a message in protobuf's wire format, without a schema
 * (protobuf.dev/programming-guides/encoding). {@link #next} advances to a field, whose value can be read once. Each
 * length is checked against the message around it, the outermost against the file. Not thread-safe.
 */
public final class ProtobufInput {
    private static final int BUFFER = 1 << 16;
    private static final int MAX_MESSAGES = 1_000_000;
    private static final int MAX_TEXT = 1 << 16;

    private final CodedInputStream in;
    private final String where;
    private final String invalid;
    private int messages;
    private int tag;
    private boolean unread; // true if the value of the current field has not been read

    private ProtobufInput(CodedInputStream in, String where, String invalid) {
        this.in = in;
        this.where = where;
        this.invalid = invalid;
    }

    /** Reads the fields of one message. */
    public interface Content<T> {
        /** Reads until {@link ProtobufInput#next} returns false. */
        T read(ProtobufInput in) throws IOException;
    }

    /**
     * The place of a field's bytes.
     *
     * @param offset the offset of the first byte in the file
     * @param length the number of bytes
     */
    public record Place(long offset, int length) {}

    /**
     * Reads a file that is one message.
     *
     * @param file the file's name in errors
     * @param size the file's size in bytes, below 2^31
     * @param invalid the first words of the error for bytes that are not protobuf, such as {@code is damaged}
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if the bytes are not a message, or exceed a limit
     */
    public static <T> T read(Path path, String file, long size, String invalid, Content<T> content) throws IOException {
        try (InputStream stream = Files.newInputStream(path)) {
            CodedInputStream in = CodedInputStream.newInstance(stream, BUFFER);
            in.setSizeLimit(Integer.MAX_VALUE);
            in.pushLimit((int) size);
            return new ProtobufInput(in, file, invalid).all(content);
        }
    }

    /**
     * Reads bytes that are one message.
     *
     * @param where the bytes' place in errors
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if the bytes are not a message, or exceed a limit
     */
    public static <T> T read(byte[] message, String where, Content<T> content) {
        try {
            CodedInputStream in = CodedInputStream.newInstance(message);
            in.pushLimit(message.length);
            return new ProtobufInput(in, where, "is damaged").all(content);
        } catch (IOException e) {
            throw new Malformed(where, "cannot be read (" + e.getMessage() + ")");
        }
    }

    private <T> T all(Content<T> content) throws IOException {
        try {
            return content.read(this);
        } catch (InvalidProtocolBufferException e) {
            throw malformed("it is not valid protobuf");
        }
    }

    /** Advances to the next field of the current message and returns true, or returns false at the message's end. */
    public boolean next() throws IOException {
        if (unread) {
            skip();
        }
        if (in.isAtEnd()) {
            return false;
        }
        tag = in.readTag();
        unread = true;
        int wire = WireFormat.getTagWireType(tag);
        if (wire == WireFormat.WIRETYPE_START_GROUP || wire == WireFormat.WIRETYPE_END_GROUP) {
            throw malformed("it has a group, which its format does not use,");
        }
        return true;
    }

    private void skip() throws IOException {
        if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
            place();
        } else {
            in.skipField(tag);
            unread = false;
        }
    }

    /** Returns the current field's number. */
    public int field() {
        return WireFormat.getTagFieldNumber(tag);
    }

    /** Reads a nested message. */
    public <T> T message(Content<T> content) throws IOException {
        if (++messages > MAX_MESSAGES) {
            throw new Unsupported(
                    where, "must have at most " + MAX_MESSAGES + " nodes, tensors and attributes, but has more");
        }
        int outer = in.pushLimit(length());
        T result = content.read(this);
        in.popLimit(outer);
        return result;
    }

    /** Reads an integer. */
    public long integer() throws IOException {
        return expect(WireFormat.WIRETYPE_VARINT).readInt64();
    }

    /** Reads an integer of exactly 32 bits. */
    public int fixed32() throws IOException {
        return expect(WireFormat.WIRETYPE_FIXED32).readFixed32();
    }

    /** Reads a floating-point number of 32 bits. */
    public float number() throws IOException {
        return expect(WireFormat.WIRETYPE_FIXED32).readFloat();
    }

    /** Reads a name or another short text. */
    public String text() throws IOException {
        int length = checkedLength();
        if (length > MAX_TEXT) {
            throw new Unsupported(where, "must have names of at most " + MAX_TEXT + " bytes, but has one of " + length);
        }
        return new String(in.readRawBytes(length), StandardCharsets.UTF_8);
    }

    /** Reads a text, or returns an empty text if it is long. */
    public String textUnlessLong() throws IOException {
        int length = checkedLength();
        if (length > MAX_TEXT) {
            in.skipRawBytes(length);
            return "";
        }
        return new String(in.readRawBytes(length), StandardCharsets.UTF_8);
    }

    /** Skips the field's bytes and returns their place. */
    public Place place() throws IOException {
        int length = checkedLength();
        Place place = new Place(in.getTotalBytesRead(), length);
        in.skipRawBytes(length);
        return place;
    }

    /** Reads a list of integers, packed or one by one. */
    public void integers(LongConsumer list) throws IOException {
        list(WireFormat.WIRETYPE_VARINT, () -> list.accept(in.readInt64()));
    }

    /** Reads the bits of a list of floating-point numbers of 32 bits, packed or one by one. */
    public void floats(LongConsumer list) throws IOException {
        list(WireFormat.WIRETYPE_FIXED32, () -> list.accept(in.readRawLittleEndian32()));
    }

    /** Reads the bits of a list of floating-point numbers of 64 bits, packed or one by one. */
    public void doubles(LongConsumer list) throws IOException {
        list(WireFormat.WIRETYPE_FIXED64, () -> list.accept(in.readRawLittleEndian64()));
    }

    private interface Element {
        void read() throws IOException;
    }

    private void list(int single, Element element) throws IOException {
        if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
            int outer = in.pushLimit(length());
            while (in.getBytesUntilLimit() > 0) {
                element.read();
            }
            in.popLimit(outer);
        } else {
            expect(single);
            element.read();
        }
    }

    private int length() throws IOException {
        return expect(WireFormat.WIRETYPE_LENGTH_DELIMITED).readRawVarint32();
    }

    private int checkedLength() throws IOException {
        int length = length();
        if (length < 0 || length > in.getBytesUntilLimit()) {
            throw new Malformed(
                    where, "is damaged: a field extends past its message near byte " + in.getTotalBytesRead());
        }
        return length;
    }

    private CodedInputStream expect(int wire) {
        if (WireFormat.getTagWireType(tag) != wire) {
            throw malformed("a field has the wrong type");
        }
        unread = false;
        return in;
    }

    private Malformed malformed(String what) {
        return new Malformed(where, invalid + ": " + what + " near byte " + in.getTotalBytesRead());
    }
}
