package io.lstmstreams.output;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.apiguardian.api.API;

/** Converts a sequence's id to text and back: UTF-8, or hexadecimal after {@code 0x} if the id is not UTF-8. */
@API(status = API.Status.STABLE)
public final class SequenceName {
    private static final String HEX = "0x";

    private SequenceName() {}

    /** Returns the name of a sequence. */
    public static String of(byte[] id) {
        String text = new String(id, StandardCharsets.UTF_8);
        // Malformed bytes become U+FFFD. Without that character, all bytes were well-formed.
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
     * Returns the id that a name denotes. A hexadecimal name denotes its bytes if they are not UTF-8; otherwise it is
     * text.
     *
     * @throws IllegalArgumentException if the name contains half of a surrogate pair: no id has such a name
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
                return text; // not hexadecimal, it only begins with 0x
            }
        }
        return text;
    }
}
