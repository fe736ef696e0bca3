package io.lstmstreams.output;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** A sequence's id as text: its bytes read as UTF-8, or in hexadecimal after {@code 0x} where they are not UTF-8. */
public final class SequenceName {
    private SequenceName() {}

    /** Names a sequence. */
    public static String of(byte[] id) {
        String text = new String(id, StandardCharsets.UTF_8);
        // The decoder replaces what it cannot read: only then is it worth asking whether the character was really
        // there.
        if (text.indexOf('\uFFFD') < 0) {
            return text;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(id))
                    .toString();
        } catch (CharacterCodingException e) {
            return "0x" + HexFormat.of().formatHex(id);
        }
    }
}
