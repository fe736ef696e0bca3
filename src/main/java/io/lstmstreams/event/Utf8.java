package io.lstmstreams.event;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Conversions between text and UTF-8 without replacement characters. Java writes {@code ?} for half of a surrogate pair
 * and reads U+FFFD for a malformed byte, so that two texts can become the same bytes, and two byte arrays the same
 * text. Here both are errors.
 */
public final class Utf8 {
    private static final char REPLACEMENT = '\uFFFD';

    private Utf8() {}

    /**
     * Encodes a text.
     *
     * @param what the text's name in the error message
     * @throws BadEventException if the text contains half of a surrogate pair, which JSON can represent and UTF-8
     *     cannot
     */
    public static byte[] encode(String text, String what) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new BadEventException(what + " contains half of a surrogate pair, which UTF-8 cannot encode");
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Decodes bytes.
     *
     * @param what the bytes' name in the error message
     * @throws BadEventException if the bytes are not UTF-8
     */
    public static String decode(byte[] bytes, String what) {
        return decode(bytes, bytes.length, what);
    }

    static String decode(byte[] bytes, int length, String what) {
        String text = new String(bytes, 0, length, StandardCharsets.UTF_8);
        if (text.indexOf(REPLACEMENT) < 0) {
            return text; // nothing was replaced
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new BadEventException(what + " is not UTF-8");
        }
    }
}
