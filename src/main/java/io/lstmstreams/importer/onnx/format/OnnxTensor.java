package io.lstmstreams.importer.onnx.format;

import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.NumberType;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A constant of an ONNX file (onnx.proto, {@code TensorProto}). Its values are decoded on demand, from {@code raw_data}
 * or external data (little-endian) or from the list of numbers of its type.
 */
public final class OnnxTensor {
    private final String name;
    private final String where;
    private final long[] dims;
    private final long typeCode;
    private final @Nullable OnnxRegion region;
    private final float[] floats;
    private final double[] doubles;
    private final long[] integers;

    /**
     * Creates a tensor from the file's fields, unchecked.
     *
     * @param where the tensor's name in errors
     * @param region the bytes, unless the values are in one of the lists
     */
    OnnxTensor(
            String name,
            String where,
            long[] dims,
            long typeCode,
            @Nullable OnnxRegion region,
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

    /** Returns the name by which nodes refer to the tensor; possibly empty for a node's attribute. */
    public String name() {
        return name;
    }

    /** Returns the name in errors: the file and the tensor. */
    public String where() {
        return where;
    }

    /** Returns the sizes of the dimensions, outermost first; empty for a single number. */
    public long[] dims() {
        return dims.clone();
    }

    /**
     * Returns the type of the elements.
     *
     * @throws Unsupported if the type is not supported, such as text, complex or 4-bit numbers
     */
    public OnnxType type() {
        return OnnxType.of(typeCode)
                .orElseThrow(() -> new Unsupported(where, "numbers of ONNX's type " + typeCode + " are not supported"));
    }

    /**
     * Returns the number of elements.
     *
     * @throws Malformed if a dimension is negative, or the values do not fit the dimensions
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
        throw new Malformed(where, "has " + has + " " + unit + ", which do not fit its shape " + Tensor.text(dims));
    }

    /** Returns the product of dimensions, which must be a possible length of an array. */
    static long count(long[] dims, String where) {
        long count = 1;
        for (long dim : dims) {
            if (dim < 0) {
                throw new Malformed(where, "must have dimensions of at least 0, but has shape " + Tensor.text(dims));
            }
            count = dim != 0 && count > Integer.MAX_VALUE / dim ? Integer.MAX_VALUE + 1L : count * dim;
            if (count > Integer.MAX_VALUE) {
                throw new Malformed(where, "its shape " + Tensor.text(dims) + " is larger than the file");
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

    /** Returns the values of a floating-point tensor as float32, possibly infinite or NaN. */
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

    /** Returns the values of a tensor of integers or booleans; a boolean is 0 or 1. */
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
