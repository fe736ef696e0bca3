package io.lstmstreams.recurrent;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The SHA-256 of all that a network computes with: every shape and every weight, in one canonical order. Not
 * thread-safe.
 */
public final class Fingerprint {
    private final MessageDigest digest;

    private Fingerprint(MessageDigest digest) {
        this.digest = digest;
    }

    static byte[] of(Network network) {
        Fingerprint fingerprint = new Fingerprint(sha256());
        fingerprint.addText("input " + network.encoding().specName() + " " + network.inputSize());
        network.layers().forEach(layer -> layer.addTo(fingerprint));
        for (Head head : network.heads()) {
            fingerprint.addText("head " + head.activation() + " " + head.inputs() + " " + head.outputs());
            if (!head.isIdentity()) {
                fingerprint.addFloats(head.weights());
                fingerprint.addFloats(head.bias());
            }
        }
        if (!network.wiring().isChain()) {
            fingerprint.addText(network.wiring().toString());
        }
        if (!network.execution().carries()) {
            Execution execution = network.execution();
            fingerprint.addText("Execution[window=" + execution.window() + ", padded=" + execution.padded() + "]");
        }
        Float maskValue = network.execution().maskValue();
        if (maskValue != null) {
            fingerprint.addText("mask " + maskValue);
        }
        return fingerprint.digest.digest();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java runtime has SHA-256", e);
        }
    }

    /** Adds a line of text. */
    void addText(String text) {
        digest.update((text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Adds numbers, in their order. */
    void addFloats(float[] values) {
        ByteBuffer chunk = ByteBuffer.allocate(1 << 14).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            if (!chunk.hasRemaining()) {
                digest.update(chunk.flip());
                chunk.clear();
            }
            chunk.putFloat(value + 0f); // -0 and 0 are the same number: adding 0 turns both into 0
        }
        digest.update(chunk.flip());
    }
}
