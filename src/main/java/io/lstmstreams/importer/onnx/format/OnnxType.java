package io.lstmstreams.importer.onnx.format;

import io.lstmstreams.modelfile.tensor.NumberType;
import java.util.Arrays;
import java.util.Optional;

/** The supported element types of an ONNX tensor (onnx.proto, {@code TensorProto.DataType}). */
public enum OnnxType {
    FLOAT(1, 4, true),
    UINT8(2, 1, false),
    INT8(3, 1, false),
    UINT16(4, 2, false),
    INT16(5, 2, false),
    INT32(6, 4, false),
    INT64(7, 8, false),
    BOOL(9, 1, false),
    FLOAT16(10, 2, true),
    DOUBLE(11, 8, true),
    UINT32(12, 4, false),
    UINT64(13, 8, false),
    BFLOAT16(16, 2, true);

    private final int code;
    private final int bytes;
    private final boolean floating;

    OnnxType(int code, int bytes, boolean floating) {
        this.code = code;
        this.bytes = bytes;
        this.floating = floating;
    }

    /** Returns the bytes of an element in {@code raw_data}. */
    int bytes() {
        return bytes;
    }

    /** Returns whether this is a floating-point type; the others are integers and booleans. */
    public boolean isFloating() {
        return floating;
    }

    /** Returns the type with this number in a file, or empty if the type is not supported. */
    public static Optional<OnnxType> of(long code) {
        return Arrays.stream(values()).filter(type -> type.code == code).findFirst();
    }

    /** Returns the type with this name in a file of old operators, or empty if the type is not supported. */
    public static Optional<OnnxType> named(String name) {
        return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
    }

    NumberType numberType() {
        return switch (this) {
            case FLOAT -> NumberType.F32;
            case FLOAT16 -> NumberType.F16;
            case DOUBLE -> NumberType.F64;
            case BFLOAT16 -> NumberType.BF16;
            default -> throw new IllegalStateException(this + " is not a floating-point type");
        };
    }
}
