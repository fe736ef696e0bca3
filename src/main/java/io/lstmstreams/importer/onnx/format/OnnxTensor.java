package io.lstmstreams.importer.onnx.format;

import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.NumberType;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.nio.ByteBuffer;

/**
 * A constant of an ONNX file (onnx.proto, {@code TensorProto}). Its values are decoded when they are asked for, from
 * {@code raw_data} or external data (little-endian) or from the list of numbers that fits its type.
 */
public final class OnnxTensor {
    private final String name;
    private final String where;
    private final long[] dims;
    private final long typeCode;
    private final OnnxRegion region;
    private final float[] floats;
    private final double[] doubles;
    private final long[] integers;

    /**
     * Takes what the file holds, unchecked.
     *
     * @param where what errors call the tensor
     * @param region the bytes, or null if the values are in one of the lists
     */
    OnnxTensor(
            String name,
            String where,
            long[] dims,
            long typeCode,
            OnnxRegion region,
            float[] floats,
            double[] doubles,
            long[] integers) {
        this.name = name;
        this.where = where;
        this.dims = dims;
        this.typeCode = typeCode;
        this.region = region;
        this.floats = floats;
        this.doubles = doubles;
        this.integers = integers;
    }

    /** The name by which nodes refer to it; may be empty for one that a node holds. */
    public String name() {
        return name;
    }

    /** What errors call it: the file and the tensor. */
    public String where() {
        return where;
    }

    /** Sizes of its dimensions, outermost first; empty for a single number. */
    public long[] dims() {
        return dims.clone();
    }

    /**
     * The type of its elements.
     *
     * @throws Unsupported if it is one that we don't read, such as text, complex or 4-bit numbers
     */
    public OnnxType type() {
        return OnnxType.of(typeCode)
                .orElseThrow(() -> new Unsupported(where, "numbers of ONNX's type " + typeCode + " are not read"));
    }

    /**
     * How many elements it has.
     *
     * @throws Malformed if the dimensions are no sizes, or are not those of the values that it has
     */
    public int count() {
        long count = count(dims, where);
        long has;
        String unit = "values";
        if (region != null) {
            has = region.length() / type().bytes();
            if (region.length() % type().bytes() != 0 || has != count) {
                has = region.length();
                unit = "bytes of type " + type();
            } else {
                return (int) count;
            }
        } else {
            has = valueCount();
            if (has == count) {
                return (int) count;
            }
        }
        throw new Malformed(where, "has " + has + " " + unit + ", not those of its shape " + Tensor.text(dims));
    }

    /** The product of dimensions, if it is a possible length of an array. */
    static long count(long[] dims, String where) {
        long count = 1;
        for (long dim : dims) {
            if (dim < 0) {
                throw new Malformed(where, "has a negative dimension: " + Tensor.text(dims));
            }
            count = dim != 0 && count > Integer.MAX_VALUE / dim ? Integer.MAX_VALUE + 1L : count * dim;
            if (count > Integer.MAX_VALUE) {
                throw new Malformed(where, "its shape " + Tensor.text(dims) + " asks for more than the file has");
            }
        }
        return count;
    }

    private int valueCount() {
        return switch (type()) {
            case FLOAT -> floats.length;
            case DOUBLE -> doubles.length;
            default -> integers.length;
        };
    }

    /** Its values as float32; for floating-point types. Not checked for being finite. */
    public float[] floats() {
        float[] values = new float[count()];
        OnnxType type = type();
        if (region != null) {
            NumberType number = type.numberType();
            int[] at = {0};
            region.read(bytes -> {
                while (bytes.hasRemaining()) {
                    values[at[0]++] = number.read(bytes);
                }
            });
            return values;
        }
        ByteBuffer bits = ByteBuffer.allocate(Short.BYTES);
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (type) {
                case FLOAT -> floats[i];
                case DOUBLE -> (float) doubles[i];
                default ->
                    type.numberType()
                            .read(bits.clear().putShort((short) integers[i]).flip());
            };
        }
        return values;
    }

    /** Its values as integers; for the other types. A truth value is 0 or 1. */
    public long[] integers() {
        int count = count();
        if (region == null) {
            return integers.clone();
        }
        long[] values = new long[count];
        OnnxType type = type();
        int[] at = {0};
        region.read(bytes -> {
            while (bytes.hasRemaining()) {
                values[at[0]++] = integer(type, bytes);
            }
        });
        return values;
    }

    private static long integer(OnnxType type, ByteBuffer bytes) {
        return switch (type) {
            case UINT8, BOOL -> bytes.get() & 0xff;
            case INT8 -> bytes.get();
            case UINT16 -> bytes.getShort() & 0xffff;
            case INT16 -> bytes.getShort();
            case INT32 -> bytes.getInt();
            case UINT32 -> bytes.getInt() & 0xffffffffL;
            case INT64, UINT64 -> bytes.getLong();
            default -> throw new IllegalStateException(type + " is not an integer type");
        };
    }
}
