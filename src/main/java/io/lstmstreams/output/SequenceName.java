package io.lstmstreams.output;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** A sequence's id as text: its bytes read as UTF-8, or in hexadecimal after {@code 0x} where they are not UTF-8. */
public final class SequenceName {
    private static final String HEX = "0x";

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
            return HEX + HexFormat.of().formatHex(id);
        }
    }

    /**
     * The id that a name stands for; a text that looks like bytes that are not UTF-8 stands for these.
     *
     * @throws IllegalArgumentException if the name holds half of a surrogate pair: no id has such a name
     */
    public static byte[] toId(String name) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
            throw new IllegalArgumentException(
                    "a sequence's id contains half of a surrogate pair, which UTF-8 cannot encode");
        }
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        if (name.startsWith(HEX)) {
            try {
                byte[] id = HexFormat.of().parseHex(name, HEX.length(), name.length());
                return of(id).equals(name) ? id : text;
            } catch (IllegalArgumentException e) {
                return text; // which only begins like one
            }
        }
        return text;
    }
}
