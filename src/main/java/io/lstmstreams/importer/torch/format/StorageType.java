package io.lstmstreams.importer.torch.format;

import io.lstmstreams.modelfile.tensor.NumberType;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The type of the numbers in a PyTorch storage.
 *
 * @param name PyTorch's name of the element type, such as {@code float32}
 * @param bytes the size of one element
 * @param number the format of a number; empty for types that are not supported floating-point types
 */
record StorageType(String name, int bytes, Optional<NumberType> number) {
    /** The types by the class of the storage in a pickle, without its package. */
    private static final Map<String, StorageType> BY_CLASS = new TreeMap<>();
    /** The types by the name of the dtype, without {@code torch.}. */
    private static final Map<String, StorageType> BY_DTYPE = new TreeMap<>();

    /** Bytes whose type the tensor gives. */
    static final StorageType UNTYPED = add(new StorageType("uint8", 1, Optional.empty()), "UntypedStorage");

    static {
        BY_CLASS.put("_UntypedStorage", UNTYPED);
        add(new StorageType("float32", Float.BYTES, Optional.of(NumberType.F32)), "FloatStorage");
        add(new StorageType("float64", Double.BYTES, Optional.of(NumberType.F64)), "DoubleStorage");
        add(new StorageType("float16", Short.BYTES, Optional.of(NumberType.F16)), "HalfStorage");
        add(new StorageType("bfloat16", Short.BYTES, Optional.of(NumberType.BF16)), "BFloat16Storage");
        add(new StorageType("int64", Long.BYTES, Optional.empty()), "LongStorage");
        add(new StorageType("int32", Integer.BYTES, Optional.empty()), "IntStorage");
        add(new StorageType("int16", Short.BYTES, Optional.empty()), "ShortStorage");
        add(new StorageType("int8", 1, Optional.empty()), "CharStorage");
        add(new StorageType("uint8", 1, Optional.empty()), "ByteStorage");
        add(new StorageType("bool", 1, Optional.empty()), "BoolStorage");
        add(new StorageType("complex64", 2 * Float.BYTES, Optional.empty()), "ComplexFloatStorage");
        add(new StorageType("complex128", 2 * Double.BYTES, Optional.empty()), "ComplexDoubleStorage");
        for (String dtype : new String[] {"uint16", "uint32", "uint64"}) {
            int bits = Integer.parseInt(dtype.substring(4));
            BY_DTYPE.put(dtype, new StorageType(dtype, bits / Byte.SIZE, Optional.empty()));
        }
        for (String dtype : new String[] {"float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz", "float8_e5m2fnuz"}) {
            BY_DTYPE.put(dtype, new StorageType(dtype, 1, Optional.empty()));
        }
    }

    private static StorageType add(StorageType type, String className) {
        BY_CLASS.put(className, type);
        BY_DTYPE.put(type.name(), type);
        return type;
    }

    /** Returns the type of a storage class such as {@code FloatStorage}, or null if the class is unknown. */
    static @Nullable StorageType ofClass(String name) {
        return BY_CLASS.get(name);
    }

    /** Returns the type {@code torch.NAME}, or null if the name is unknown. */
    static @Nullable StorageType ofDtype(String name) {
        return BY_DTYPE.get(name);
    }
}
