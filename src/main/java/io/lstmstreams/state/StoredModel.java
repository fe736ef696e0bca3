package io.lstmstreams.state;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Which model a stored state belongs to.
 *
 * @param id the first 8 bytes of the SHA-256 of the model's file, where several models take turns; 0 where there is one
 * @param fingerprint the first 16 bytes of the model's fingerprint, in hexadecimal
 * @param shape of the state's numbers, as {@link StateCodec} says; 0 if the bytes are of version 1, which does not tell
 */
public record StoredModel(long id, String fingerprint, int shape) {
    private static final int FINGERPRINT_AT = 1;
    private static final int SHAPE_AT = 78;

    /**
     * Reads it from a state's bytes.
     *
     * @throws UnreadableStateException if they are damaged or of a later version
     */
    public static StoredModel of(byte[] bytes) {
        StateCodec.check(bytes);
        byte[] fingerprint = Arrays.copyOfRange(bytes, FINGERPRINT_AT, FINGERPRINT_AT + StateCodec.FINGERPRINT_BYTES);
        int shape = bytes[0] == StateCodec.VERSION
                ? ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(SHAPE_AT)
                : 0;
        return new StoredModel(StateCodec.modelId(bytes), HexFormat.of().formatHex(fingerprint), shape);
    }

    /** The id as results write it: 16 hexadecimal digits. */
    public String name() {
        return HexFormat.of().toHexDigits(id);
    }
}
