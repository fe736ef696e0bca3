package io.lstmstreams.http;

import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Decoding of percent-encoded UTF-8 in URLs. */
final class PercentEncoding {
    private PercentEncoding() {}

    /**
     * Decodes a part of a URL, in which a plus denotes a blank.
     *
     * @throws IllegalArgumentException if the text is not percent-encoded UTF-8, so that two different byte sequences
     *     never decode to the same text
     */
    static String decode(String encoded) {
        byte[] bytes = URLDecoder.decode(encoded, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.ISO_8859_1);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the URL must be percent-encoded UTF-8", e);
        }
    }
}
