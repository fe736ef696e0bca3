package io.lstmstreams.state;

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
    /**
     * Reads it from a state's bytes.
     *
     * @throws UnreadableStateException if they are damaged or of a later version
     */
    public static StoredModel of(byte[] bytes) {
        StateLayout.check(bytes);
        byte[] fingerprint = Arrays.copyOfRange(
                bytes, StateLayout.FINGERPRINT_AT, StateLayout.FINGERPRINT_AT + StateLayout.FINGERPRINT_BYTES);
        return new StoredModel(
                StateLayout.modelId(bytes), HexFormat.of().formatHex(fingerprint), StateLayout.shape(bytes));
    }

    /** The id as results write it: 16 hexadecimal digits. */
    public String name() {
        return HexFormat.of().toHexDigits(id);
    }
}
