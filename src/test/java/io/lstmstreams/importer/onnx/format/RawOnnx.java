package io.lstmstreams.importer.onnx.format;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Builds valid and invalid ONNX files field by field, without the code under test. */
public final class RawOnnx {
    private final ByteArrayOutputStream graph = new ByteArrayOutputStream();
    private long irVersion = 8;
    private long opset = 17;
    private String domain = "";
    private final ByteArrayOutputStream functions = new ByteArrayOutputStream();

    /** A part of a message. */
    public interface Part {
        void writeTo(CodedOutputStream out) throws IOException;
    }

    private static byte[] message(Part... parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            for (Part part : parts) {
                part.writeTo(out);
            }
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Returns a field that is a message, text or bytes. */
    public static Part field(int number, byte[] content) {
        return out -> out.writeByteArray(number, content);
    }

    private static Part text(int number, String text) {
        return field(number, text.getBytes(StandardCharsets.UTF_8));
    }

    private static Part number(int number, long value) {
        return out -> out.writeInt64(number, value);
    }

    private static Part all(List<Part> parts) {
        return out -> {
            for (Part part : parts) {
                part.writeTo(out);
            }
        };
    }

    /** Adds a field to the graph. */
    public RawOnnx graphField(int number, byte[] content) {
        graph.writeBytes(message(field(number, content)));
        return this;
    }

    /** Sets other versions than the current ones. */
    public RawOnnx versions(long newIrVersion, long newOpset) {
        irVersion = newIrVersion;
        opset = newOpset;
        return this;
    }

    /** Imports the operators of another domain instead. */
    public RawOnnx domain(String newDomain) {
        domain = newDomain;
        return this;
    }

    /** Adds an input of a type; a size that is not a number is a symbol. */
    public RawOnnx inputOf(int type, String name, Object... dims) {
        return graphField(11, valueInfo(name, type, dims));
    }

    /** Adds an input of float32. */
    public RawOnnx input(String name, Object... dims) {
        return inputOf(1, name, dims);
    }

    /** Adds outputs without type and shape. */
    public RawOnnx outputs(String... names) {
        for (String name : names) {
            graphField(12, message(text(1, name)));
        }
        return this;
    }

    /** Adds an output of float32 with a shape. */
    public RawOnnx output(String name, Object... dims) {
        return graphField(12, valueInfo(name, 1, dims));
    }

    private static byte[] valueInfo(String name, int type, Object... dims) {
        List<Part> shape = Arrays.stream(dims)
                .map(dim -> field(1, message(dim instanceof Integer size ? number(1, size) : text(2, dim.toString()))))
                .toList();
        byte[] tensor = message(number(1, type), field(2, message(all(shape))));
        return message(text(1, name), field(2, message(field(1, tensor))));
    }

    /** Adds an initializer of float32 as raw data. */
    public RawOnnx floats(String name, long[] dims, float... values) {
        return graphField(5, tensor(name, dims, 1, field(9, bytes(values))));
    }

    /** Adds an initializer of float32 whose elements increase by a hundredth, so that no two are equal. */
    public RawOnnx counted(String name, float from, long... dims) {
        float[] values = new float[(int) Arrays.stream(dims).reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < values.length; i++) {
            values[i] = from + i / 100f;
        }
        return floats(name, dims, values);
    }

    /** Adds an initializer of int64. */
    public RawOnnx integers(String name, long... values) {
        return integers(name, new long[] {values.length}, values);
    }

    /** Adds an initializer of int64 with a shape. */
    public RawOnnx integers(String name, long[] dims, long[] values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : values) {
            buffer.putLong(value);
        }
        return graphField(5, tensor(name, dims, 7, field(9, buffer.array())));
    }

    /** Returns a tensor of any type with values in any field. */
    public static byte[] tensor(String name, long[] dims, int type, Part... values) {
        List<Part> shape = Arrays.stream(dims).mapToObj(dim -> number(1, dim)).toList();
        return message(all(shape), number(2, type), text(8, name), all(List.of(values)));
    }

    /** Returns float32 values, little-endian. */
    public static byte[] bytes(float... values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            buffer.putFloat(value);
        }
        return buffer.array();
    }

    /** Returns a list of floats in a field, packed. */
    public static Part packedFloats(int number, float... values) {
        return field(number, bytes(values));
    }

    /** Returns a list of integers in a field, unpacked. */
    public static Part unpackedIntegers(int number, long... values) {
        return all(
                Arrays.stream(values).mapToObj(value -> number(number, value)).toList());
    }

    /** Returns a list of doubles in a field, packed. */
    public static Part packedDoubles(int number, double... values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (double value : values) {
            buffer.putDouble(value);
        }
        return field(number, buffer.array());
    }

    /** Returns an entry of external data. */
    public static Part external(String key, String value) {
        return field(13, message(text(1, key), text(2, value)));
    }

    /** Returns the field that states that the values are in another file. */
    public static Part isExternal() {
        return number(14, 1);
    }

    /** Adds a node. Inputs and outputs are names separated by blanks; {@code -} omits one. */
    public RawOnnx node(String op, String inputs, String outputs, Part... attributes) {
        return node("", op, inputs, outputs, attributes);
    }

    /** Adds a node of an operator of a domain. */
    public RawOnnx node(String operatorDomain, String op, String inputs, String outputs, Part... attributes) {
        return graphField(
                1,
                message(
                        names(1, inputs),
                        names(2, outputs),
                        text(4, op),
                        operatorDomain.isEmpty() ? all(List.of()) : text(7, operatorDomain),
                        all(List.of(attributes))));
    }

    /** Defines an operator of the domain {@code own} by one node with an attribute, whose value each call gives. */
    public RawOnnx function(String name, String op, String attribute) {
        byte[] reference = message(text(1, attribute), number(20, 1), text(21, attribute));
        byte[] node = message(text(1, "in"), text(2, "out"), text(4, op), field(5, reference));
        functions.writeBytes(message(field(
                25,
                message(
                        text(1, name),
                        text(4, "in"),
                        text(5, "out"),
                        text(6, attribute),
                        field(7, node),
                        text(10, "own")))));
        return this;
    }

    private static Part names(int number, String names) {
        return all(Arrays.stream(names.split(" "))
                .filter(name -> !name.isEmpty())
                .map(name -> text(number, name.equals("-") ? "" : name))
                .toList());
    }

    /** Returns an integer attribute. */
    public static Part attribute(String name, long value) {
        return field(5, message(text(1, name), number(3, value), number(20, 2)));
    }

    /** Returns a float attribute. */
    public static Part attribute(String name, float value) {
        return field(5, message(text(1, name), out -> out.writeFloat(2, value), number(20, 1)));
    }

    /** Returns a text attribute. */
    public static Part attribute(String name, String value) {
        return field(5, message(text(1, name), text(4, value), number(20, 3)));
    }

    /** Returns an attribute that is a list of floats. */
    public static Part floatsAttribute(String name, float... values) {
        return field(5, message(text(1, name), packedFloats(7, values), number(20, 6)));
    }

    /** Returns an attribute that is a list of integers. */
    public static Part integersAttribute(String name, long... values) {
        return field(5, message(text(1, name), unpackedIntegers(8, values), number(20, 7)));
    }

    /** Returns an attribute that is a list of texts. */
    public static Part textsAttribute(String name, String... values) {
        List<Part> parts = Arrays.stream(values).map(value -> text(9, value)).toList();
        return field(5, message(text(1, name), all(parts), number(20, 8)));
    }

    /** Returns an attribute that is a tensor. */
    public static Part attribute(String name, byte[] tensor) {
        return field(5, message(text(1, name), field(5, tensor), number(20, 4)));
    }

    /** Returns an attribute that is a graph. */
    public static Part graphAttribute(String name, byte[] content) {
        return field(5, message(text(1, name), field(6, content), number(20, 5)));
    }

    /** Returns the bytes of the graph alone. */
    public byte[] graph() {
        return graph.toByteArray();
    }

    /** Returns the file's bytes. */
    public byte[] bytes() {
        return message(
                number(1, irVersion),
                field(8, message(text(1, domain), number(2, opset))),
                field(7, graph.toByteArray()),
                out -> out.writeRawBytes(functions.toByteArray()));
    }

    /** Writes the file to a folder. */
    public Path write(Path folder) {
        return write(folder, bytes());
    }

    /** Writes any bytes to a file with the name of a model. */
    public static Path write(Path folder, byte[] bytes) {
        try {
            Path path = folder.resolve("model.onnx");
            Files.deleteIfExists(path);
            return Files.write(path, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
