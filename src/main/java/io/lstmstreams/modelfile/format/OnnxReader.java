package io.lstmstreams.modelfile.format;

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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads ONNX's protobuf messages from the wire format; the field numbers are those of {@code onnx/onnx.proto}. Of all
 * messages only those that a graph without control flow needs are read, so none nests deeper than attribute and tensor. Each
 * nested length is checked against the message around it, the outermost against the file. Larger raw data is not read, only
 * located.
 */
final class OnnxReader {
    private static final int BUFFER = 1 << 16;
    private static final int MAX_MESSAGES = 1_000_000;
    private static final int MAX_TEXT = 1 << 16;
    private static final int MAX_DIMS = 64;

    private final CodedInputStream in;
    private final Path path;
    private final String file;
    private int messages;

    private OnnxReader(CodedInputStream in, Path path, String file) {
        this.in = in;
        this.path = path;
        this.file = file;
    }

    /** Takes the field that comes next and returns true, or leaves it alone and returns false. */
    private interface Fields {
        boolean take(int field, int wire) throws IOException;
    }

    static OnnxModel read(Path path, String file, long size) throws IOException {
        try (InputStream stream = Files.newInputStream(path)) {
            CodedInputStream in = CodedInputStream.newInstance(stream, BUFFER);
            in.setSizeLimit(Integer.MAX_VALUE);
            in.pushLimit((int) size);
            OnnxReader reader = new OnnxReader(in, path, file);
            try {
                return reader.model(size);
            } catch (InvalidProtocolBufferException e) {
                throw new Malformed(
                        file, "is no ONNX file or a damaged one: no protobuf near byte " + in.getTotalBytesRead());
            }
        }
    }

    private OnnxModel model(long size) throws IOException {
        long[] irVersion = {0};
        int[] functions = {0};
        Map<String, Long> opsets = new LinkedHashMap<>();
        OnnxGraph[] graph = {null};
        fields((field, wire) -> {
            switch (field) {
                case 1 -> irVersion[0] = integer(wire);
                case 7 -> {
                    if (graph[0] != null) {
                        throw new Malformed(file, "has two graphs");
                    }
                    graph[0] = graph(wire);
                }
                case 8 -> opset(wire, opsets);
                case 25 -> {
                    functions[0]++;
                    return false;
                }
                default -> {
                    return false;
                }
            }
            return true;
        });
        if (graph[0] == null) {
            throw new Malformed(file, "is no ONNX model: it has no graph");
        }
        return new OnnxModel(irVersion[0], opsets, functions[0], size, graph[0]);
    }

    private void opset(int wire, Map<String, Long> opsets) throws IOException {
        String[] domain = {""};
        long[] version = {0};
        message(wire, (field, fieldWire) -> {
            switch (field) {
                case 1 -> domain[0] = text(fieldWire);
                case 2 -> version[0] = integer(fieldWire);
                default -> {
                    return false;
                }
            }
            return true;
        });
        opsets.put(domain[0].equals("ai.onnx") ? "" : domain[0], version[0]);
    }

    private OnnxGraph graph(int wire) throws IOException {
        String[] name = {""};
        boolean[] sparse = {false};
        List<OnnxNode> nodes = new ArrayList<>();
        List<OnnxTensor> initializers = new ArrayList<>();
        List<OnnxValueInfo> inputs = new ArrayList<>();
        List<OnnxValueInfo> outputs = new ArrayList<>();
        message(wire, (field, fieldWire) -> {
            switch (field) {
                case 1 -> nodes.add(node(fieldWire));
                case 2 -> name[0] = text(fieldWire);
                case 5 -> initializers.add(tensor(fieldWire, "initializer"));
                case 11 -> inputs.add(valueInfo(fieldWire));
                case 12 -> outputs.add(valueInfo(fieldWire));
                case 15 -> {
                    sparse[0] = true;
                    return false;
                }
                default -> {
                    return false;
                }
            }
            return true;
        });
        return new OnnxGraph(name[0], nodes, initializers, inputs, outputs, sparse[0]);
    }

    private OnnxNode node(int wire) throws IOException {
        String[] texts = {"", "", ""};
        List<String> inputs = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        Map<String, OnnxAttribute> attributes = new LinkedHashMap<>();
        message(wire, (field, fieldWire) -> {
            switch (field) {
                case 1 -> inputs.add(text(fieldWire));
                case 2 -> outputs.add(text(fieldWire));
                case 3 -> texts[2] = text(fieldWire);
                case 4 -> texts[0] = text(fieldWire);
                case 5 -> {
                    OnnxAttribute attribute = attribute(fieldWire);
                    if (attributes.put(attribute.name(), attribute) != null) {
                        throw new Malformed(file, "a node has the attribute " + attribute.name() + " twice");
                    }
                }
                case 7 -> texts[1] = text(fieldWire);
                default -> {
                    return false;
                }
            }
            return true;
        });
        String domain = texts[1].equals("ai.onnx") ? "" : texts[1];
        return new OnnxNode(texts[0], domain, texts[2], inputs, outputs, attributes);
    }

    private OnnxAttribute attribute(int wire) throws IOException {
        String[] texts = {"", ""};
        float[] number = {0};
        long[] integer = {0};
        boolean[] graph = {false};
        OnnxTensor[] tensor = {null};
        NumberList numbers = new NumberList();
        NumberList integers = new NumberList();
        List<String> strings = new ArrayList<>();
        message(wire, (field, fieldWire) -> {
            switch (field) {
                case 1 -> texts[0] = text(fieldWire);
                case 2 ->
                    number[0] = expect(fieldWire, WireFormat.WIRETYPE_FIXED32).readFloat();
                case 3 -> integer[0] = integer(fieldWire);
                case 4 -> texts[1] = text(fieldWire);
                case 5 -> tensor[0] = tensor(fieldWire, "attribute");
                case 6, 11 -> {
                    graph[0] = true;
                    return false;
                }
                case 7 -> floats(fieldWire, numbers);
                case 8 -> integers(fieldWire, integers);
                case 9 -> strings.add(text(fieldWire));
                default -> {
                    return false;
                }
            }
            return true;
        });
        return new OnnxAttribute(
                texts[0],
                number[0],
                integer[0],
                texts[1],
                tensor[0],
                numbers.floats(),
                integers.integers(),
                strings,
                graph[0]);
    }

    private OnnxValueInfo valueInfo(int wire) throws IOException {
        String[] name = {""};
        boolean[] tensor = {false};
        long[] type = {0};
        List<List<OnnxValueInfo.Dim>> dims = new ArrayList<>();
        Fields tensorType = (field, fieldWire) -> {
            switch (field) {
                case 1 -> type[0] = integer(fieldWire);
                case 2 -> dims.add(dims(fieldWire));
                default -> {
                    return false;
                }
            }
            return true;
        };
        Fields typeProto = (field, fieldWire) -> {
            if (field != 1) {
                return false;
            }
            tensor[0] = true;
            message(fieldWire, tensorType);
            return true;
        };
        message(wire, (field, fieldWire) -> {
            switch (field) {
                case 1 -> name[0] = text(fieldWire);
                case 2 -> message(fieldWire, typeProto);
                default -> {
                    return false;
                }
            }
            return true;
        });
        return new OnnxValueInfo(
                name[0], tensor[0], OnnxType.of(type[0]), dims.isEmpty() ? Optional.empty() : Optional.of(dims.get(0)));
    }

    private List<OnnxValueInfo.Dim> dims(int wire) throws IOException {
        List<OnnxValueInfo.Dim> dims = new ArrayList<>();
        message(wire, (field, fieldWire) -> {
            if (field != 1) {
                return false;
            }
            long[] size = {-1};
            String[] symbol = {""};
            message(fieldWire, (part, partWire) -> {
                switch (part) {
                    case 1 -> size[0] = integer(partWire);
                    case 2 -> symbol[0] = text(partWire);
                    default -> {
                        return false;
                    }
                }
                return true;
            });
            dims.add(new OnnxValueInfo.Dim(size[0] > 0 ? size[0] : -1, symbol[0]));
            checkDims(dims.size());
            return true;
        });
        return dims;
    }

    private void checkDims(int count) {
        if (count > MAX_DIMS) {
            throw new Malformed(file, "a tensor has more than " + MAX_DIMS + " dimensions");
        }
    }

    private OnnxTensor tensor(int wire, String kind) throws IOException {
        String[] name = {""};
        long[] scalars = {0, 0};
        NumberList dims = new NumberList();
        NumberList floats = new NumberList();
        NumberList doubles = new NumberList();
        NumberList integers = new NumberList();
        OnnxRegion[] raw = {null};
        Map<String, String> external = new LinkedHashMap<>();
        message(wire, (field, fieldWire) -> {
            switch (field) {
                case 1 -> integers(fieldWire, dims);
                case 2 -> scalars[0] = integer(fieldWire);
                case 4 -> floats(fieldWire, floats);
                case 5, 7, 11 -> integers(fieldWire, integers);
                case 8 -> name[0] = text(fieldWire);
                case 9 -> raw[0] = region(fieldWire);
                case 10 -> doubles(fieldWire, doubles);
                case 13 -> entry(fieldWire, external);
                case 14 -> scalars[1] = integer(fieldWire);
                default -> {
                    return false;
                }
            }
            return true;
        });
        checkDims(dims.size());
        String where = file + ": " + (name[0].isEmpty() ? kind + " without a name" : "tensor " + name[0]);
        long[] shape = dims.integers();
        OnnxRegion region = raw[0];
        if (scalars[1] == 1) {
            int bytes = OnnxType.of(scalars[0]).map(OnnxType::bytes).orElse(1);
            region = OnnxExternalData.locate(external, path, where, OnnxTensor.count(shape, where) * bytes);
        }
        return new OnnxTensor(
                name[0], where, shape, scalars[0], region, floats.floats(), doubles.doubles(), integers.integers());
    }

    private void entry(int wire, Map<String, String> entries) throws IOException {
        String[] texts = {"", ""};
        message(wire, (field, fieldWire) -> {
            if (field != 1 && field != 2) {
                return false;
            }
            texts[field - 1] = text(fieldWire);
            return true;
        });
        entries.put(texts[0], texts[1]);
    }

    private OnnxRegion region(int wire) throws IOException {
        int length = expect(wire, WireFormat.WIRETYPE_LENGTH_DELIMITED).readRawVarint32();
        long at = in.getTotalBytesRead();
        skip(length);
        return new OnnxRegion(path, file, at, length);
    }

    private void skip(int length) throws IOException {
        if (length < 0 || length > in.getBytesUntilLimit()) {
            throw new Malformed(file, "is damaged: a field ends past its message, near byte " + in.getTotalBytesRead());
        }
        in.skipRawBytes(length);
    }

    private void message(int wire, Fields fields) throws IOException {
        if (++messages > MAX_MESSAGES) {
            throw new Unsupported(file, "has more than " + MAX_MESSAGES + " nodes, tensors and attributes");
        }
        int length = expect(wire, WireFormat.WIRETYPE_LENGTH_DELIMITED).readRawVarint32();
        int outer = in.pushLimit(length);
        fields(fields);
        in.popLimit(outer);
    }

    private void fields(Fields fields) throws IOException {
        while (!in.isAtEnd()) {
            int tag = in.readTag();
            int wire = WireFormat.getTagWireType(tag);
            if (wire == WireFormat.WIRETYPE_START_GROUP || wire == WireFormat.WIRETYPE_END_GROUP) {
                throw new Malformed(file, "is no ONNX file: near byte " + in.getTotalBytesRead());
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

    private CodedInputStream expect(int wire, int expected) {
        if (wire != expected) {
            throw new Malformed(file, "is no ONNX file: a field of another type near byte " + in.getTotalBytesRead());
        }
        return in;
    }

    private long integer(int wire) throws IOException {
        return expect(wire, WireFormat.WIRETYPE_VARINT).readInt64();
    }

    private String text(int wire) throws IOException {
        int length = expect(wire, WireFormat.WIRETYPE_LENGTH_DELIMITED).readRawVarint32();
        if (length > MAX_TEXT) {
            skip(length);
            return "";
        }
        if (length < 0 || length > in.getBytesUntilLimit()) {
            skip(length);
        }
        return new String(in.readRawBytes(length), StandardCharsets.UTF_8);
    }

    /** A list of integers: packed, or one by one. */
    private void integers(int wire, NumberList list) throws IOException {
        packed(wire, WireFormat.WIRETYPE_VARINT, () -> list.add(in.readInt64()));
    }

    private void floats(int wire, NumberList list) throws IOException {
        packed(wire, WireFormat.WIRETYPE_FIXED32, () -> list.add(in.readRawLittleEndian32()));
    }

    private void doubles(int wire, NumberList list) throws IOException {
        packed(wire, WireFormat.WIRETYPE_FIXED64, () -> list.add(in.readRawLittleEndian64()));
    }

    private interface Element {
        void read() throws IOException;
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

    /** A growing list of numbers by their bits; it costs at most twice their own size. */
    private static final class NumberList {
        private long[] bits = {};
        private int size;

        void add(long value) {
            if (size == bits.length) {
                bits = Arrays.copyOf(bits, Math.max(8, size * 2));
            }
            bits[size++] = value;
        }

        int size() {
            return size;
        }

        long[] integers() {
            return Arrays.copyOf(bits, size);
        }

        float[] floats() {
            float[] values = new float[size];
            for (int i = 0; i < size; i++) {
                values[i] = Float.intBitsToFloat((int) bits[i]);
            }
            return values;
        }

        double[] doubles() {
            double[] values = new double[size];
            for (int i = 0; i < size; i++) {
                values[i] = Double.longBitsToDouble(bits[i]);
            }
            return values;
        }
    }
}
