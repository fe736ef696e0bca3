package io.lstmstreams.http;

import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Percent-encoded text in UTF-8, as addresses have it. */
final class PercentEncoding {
    private PercentEncoding() {}

    /**
     * Decodes a part of an address, in which a plus is a blank.
     *
     * @throws IllegalArgumentException if the text is not percent-encoded UTF-8: two addresses never become one text
     */
    static String decode(String encoded) {
        byte[] bytes = URLDecoder.decode(encoded, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.ISO_8859_1);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the address is not percent-encoded UTF-8", e);
        }
    }
}
