package io.lstmstreams.importer.onnx.format;

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

/**
 * Reads protobuf's wire format (protobuf.dev/programming-guides/encoding), message by message. Each nested length is checked
 * against the message around it, the outermost against the file. Unused fields are skipped.
 */
final class ProtobufInput {
    private static final int BUFFER = 1 << 16;
    private static final int MAX_MESSAGES = 1_000_000;
    private static final int MAX_TEXT = 1 << 16;

    private final CodedInputStream in;
    private final Path path;
    private final String file;
    private int messages;

    private ProtobufInput(CodedInputStream in, Path path, String file) {
        this.in = in;
        this.path = path;
        this.file = file;
    }

    /** Reads the next field and returns true, or leaves the field unread and returns false. */
    interface Fields {
        boolean take(int field, int wire) throws IOException;
    }

    /** Reads the content of a file. */
    interface Content<T> {
        T read(ProtobufInput in) throws IOException;
    }

    private interface Element {
        void read() throws IOException;
    }

    /**
     * Reads a file that is one message.
     *
     * @param file the file's name in errors
     * @param size the file's size in bytes
     */
    static <T> T read(Path path, String file, long size, Content<T> content) throws IOException {
        try (InputStream stream = Files.newInputStream(path)) {
            CodedInputStream in = CodedInputStream.newInstance(stream, BUFFER);
            in.setSizeLimit(Integer.MAX_VALUE);
            in.pushLimit((int) size);
            try {
                return content.read(new ProtobufInput(in, path, file));
            } catch (InvalidProtocolBufferException e) {
                throw new Malformed(
                        file,
                        "is not an ONNX file, or is damaged: it is not valid protobuf near byte "
                                + in.getTotalBytesRead());
            }
        }
    }

    /** Reads a nested message. */
    void message(int wire, Fields fields) throws IOException {
        if (++messages > MAX_MESSAGES) {
            throw new Unsupported(
                    file, "must have at most " + MAX_MESSAGES + " nodes, tensors and attributes, but has more");
        }
        int outer = in.pushLimit(length(wire));
        fields(fields);
        in.popLimit(outer);
    }

    /** Reads the remaining fields of the current message. */
    void fields(Fields fields) throws IOException {
        while (!in.isAtEnd()) {
            int tag = in.readTag();
            int wire = WireFormat.getTagWireType(tag);
            if (wire == WireFormat.WIRETYPE_START_GROUP || wire == WireFormat.WIRETYPE_END_GROUP) {
                throw new Malformed(file, "is not an ONNX file: a protobuf group near byte " + in.getTotalBytesRead());
            }
            if (!fields.take(WireFormat.getTagFieldNumber(tag), wire)) {
                if (wire == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
                    skip(in.readRawVarint32());
                } else {
                    in.skipField(tag);
                }
            }
        }
    }

    private void skip(int length) throws IOException {
        checkLength(length);
        in.skipRawBytes(length);
    }

    private void checkLength(int length) {
        if (length < 0 || length > in.getBytesUntilLimit()) {
            throw new Malformed(
                    file, "is damaged: a field extends past its message near byte " + in.getTotalBytesRead());
        }
    }

    private CodedInputStream expect(int wire, int expected) {
        if (wire != expected) {
            throw new Malformed(
                    file, "is not an ONNX file: a field has the wrong type near byte " + in.getTotalBytesRead());
        }
        return in;
    }

    private int length(int wire) throws IOException {
        return expect(wire, WireFormat.WIRETYPE_LENGTH_DELIMITED).readRawVarint32();
    }

    long integer(int wire) throws IOException {
        return expect(wire, WireFormat.WIRETYPE_VARINT).readInt64();
    }

    float number(int wire) throws IOException {
        return expect(wire, WireFormat.WIRETYPE_FIXED32).readFloat();
    }

    /** Reads a name or another short text. */
    String text(int wire) throws IOException {
        int length = length(wire);
        checkLength(length);
        if (length > MAX_TEXT) {
            throw new Unsupported(file, "must have names of at most " + MAX_TEXT + " bytes, but has one of " + length);
        }
        return new String(in.readRawBytes(length), StandardCharsets.UTF_8);
    }

    /** Reads a text, or returns an empty text if it is long. */
    String shortText(int wire) throws IOException {
        int length = length(wire);
        if (length > MAX_TEXT) {
            skip(length);
            return "";
        }
        checkLength(length);
        return new String(in.readRawBytes(length), StandardCharsets.UTF_8);
    }

    /** Returns the place of a field's bytes and skips them. */
    OnnxRegion region(int wire) throws IOException {
        int length = length(wire);
        long at = in.getTotalBytesRead();
        skip(length);
        return new OnnxRegion(path, file, at, length);
    }

    /** Reads a list of integers, packed or one by one. */
    void integers(int wire, NumberList list) throws IOException {
        packed(wire, WireFormat.WIRETYPE_VARINT, () -> list.add(in.readInt64()));
    }

    void floats(int wire, NumberList list) throws IOException {
        packed(wire, WireFormat.WIRETYPE_FIXED32, () -> list.add(in.readRawLittleEndian32()));
    }

    void doubles(int wire, NumberList list) throws IOException {
        packed(wire, WireFormat.WIRETYPE_FIXED64, () -> list.add(in.readRawLittleEndian64()));
    }

    private void packed(int wire, int single, Element element) throws IOException {
        if (wire == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
            int outer = in.pushLimit(in.readRawVarint32());
            while (in.getBytesUntilLimit() > 0) {
                element.read();
            }
            in.popLimit(outer);
        } else {
            expect(wire, single);
            element.read();
        }
    }
}
