package io.lstmstreams.state;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * The identity of the model that a stored state belongs to.
 *
 * @param id the first 8 bytes of the SHA-256 of the model's file; 0 if the application uses one model only
 * @param fingerprint the first 16 bytes of the network's fingerprint, in hexadecimal
 * @param shape the checksum of the state's shape, as {@link StateCodec} describes it; 0 in version 1, which has none
 */
public record StoredModel(long id, String fingerprint, int shape) {
    /**
     * Reads the identity from a state's bytes.
     *
     * @throws UnreadableStateException if the bytes are damaged or of a later version
     */
    public static StoredModel of(byte[] bytes) {
        return of(bytes, StateLayout.check(bytes));
    }

    static StoredModel of(byte[] bytes, StateLayout layout) {
        byte[] fingerprint = Arrays.copyOfRange(
                bytes, StateLayout.FINGERPRINT_AT, StateLayout.FINGERPRINT_AT + StateLayout.FINGERPRINT_BYTES);
        return new StoredModel(layout.modelId(bytes), HexFormat.of().formatHex(fingerprint), layout.shape(bytes));
    }

    /** Returns the id as results write it: 16 hexadecimal digits. */
    public String name() {
        return HexFormat.of().toHexDigits(id);
    }
}
