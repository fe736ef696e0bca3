package io.lstmstreams.modelfile.tensor;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** The formats of stored numbers. All are converted to float32 when read. */
public enum NumberType {
    F64(8),
    F32(4),
    F16(2),
    BF16(2);

    private final int bytes;

    NumberType(int bytes) {
        this.bytes = bytes;
    }

    /** Returns the size of a number in bytes. */
    public int bytes() {
        return bytes;
    }

    /** Returns the type with this name in safetensors, or empty if it is not a supported floating-point type. */
    static Optional<NumberType> ofSafetensors(String name) {
        return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
    }

    /** Reads the next number, in the buffer's byte order. */
    public float read(ByteBuffer in) {
        return switch (this) {
            case F64 -> (float) in.getDouble();
            case F32 -> in.getFloat();
            case F16 -> half(in.getShort());
            case BF16 -> Float.intBitsToFloat(in.getShort() << 16);
        };
    }

    /**
     * Decodes IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 fraction bits. Float.float16ToFloat requires Java 20.
     */
    private static float half(short bits) {
        int exponent = (bits >> 10) & 0x1f;
        int fraction = bits & 0x3ff;
        float magnitude;
        if (exponent == 0) {
            magnitude = fraction * 0x1p-24f;
        } else if (exponent == 0x1f) {
            magnitude = fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
        } else {
            magnitude = Float.intBitsToFloat((exponent - 15 + 127) << 23 | fraction << 13);
        }
        return bits < 0 ? -magnitude : magnitude;
    }
}
