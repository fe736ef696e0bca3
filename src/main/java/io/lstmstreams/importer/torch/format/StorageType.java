package io.lstmstreams.importer.torch.format;

import io.lstmstreams.modelfile.tensor.NumberType;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the numbers of a PyTorch storage are.
 *
 * @param name PyTorch's for the element type, such as {@code float32}
 * @param bytes of one element
 * @param number how to read one; null where the numbers are not of floating point, or not of a kind that we read
 */
record StorageType(String name, int bytes, NumberType number) {
    /** By the class that a pickle names for a storage, without its package. */
    private static final Map<String, StorageType> BY_CLASS = new TreeMap<>();
    /** By the name of the dtype, without {@code torch.}. */
    private static final Map<String, StorageType> BY_DTYPE = new TreeMap<>();

    /** Bytes of which only the tensor knows what they mean. */
    static final StorageType UNTYPED = add(new StorageType("uint8", 1, null), "UntypedStorage");

    static {
        BY_CLASS.put("_UntypedStorage", UNTYPED);
        add(new StorageType("float32", Float.BYTES, NumberType.F32), "FloatStorage");
        add(new StorageType("float64", Double.BYTES, NumberType.F64), "DoubleStorage");
        add(new StorageType("float16", Short.BYTES, NumberType.F16), "HalfStorage");
        add(new StorageType("bfloat16", Short.BYTES, NumberType.BF16), "BFloat16Storage");
        add(new StorageType("int64", Long.BYTES, null), "LongStorage");
        add(new StorageType("int32", Integer.BYTES, null), "IntStorage");
        add(new StorageType("int16", Short.BYTES, null), "ShortStorage");
        add(new StorageType("int8", 1, null), "CharStorage");
        add(new StorageType("uint8", 1, null), "ByteStorage");
        add(new StorageType("bool", 1, null), "BoolStorage");
        add(new StorageType("complex64", 2 * Float.BYTES, null), "ComplexFloatStorage");
        add(new StorageType("complex128", 2 * Double.BYTES, null), "ComplexDoubleStorage");
        for (String dtype : new String[] {"uint16", "uint32", "uint64"}) {
            int bits = Integer.parseInt(dtype.substring(4));
            BY_DTYPE.put(dtype, new StorageType(dtype, bits / Byte.SIZE, null));
        }
        for (String dtype : new String[] {"float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz", "float8_e5m2fnuz"}) {
            BY_DTYPE.put(dtype, new StorageType(dtype, 1, null));
        }
    }

    private static StorageType add(StorageType type, String className) {
        BY_CLASS.put(className, type);
        BY_DTYPE.put(type.name(), type);
        return type;
    }

    /** The type of a storage class such as {@code FloatStorage}; null if there is none of that name. */
    static StorageType ofClass(String name) {
        return BY_CLASS.get(name);
    }

    /** The type that {@code torch.NAME} is; null if there is none of that name. */
    static StorageType ofDtype(String name) {
        return BY_DTYPE.get(name);
    }
}
