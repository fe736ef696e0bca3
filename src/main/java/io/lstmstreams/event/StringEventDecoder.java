package io.lstmstreams.event;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The whole value is a symbol, in UTF-8 (as Kafka's {@code StringSerializer} writes it). */
public final class StringEventDecoder implements EventDecoder<byte[]> {

    @Override
    public Decoded decode(byte[] value) {
        if (value.length == 0) {
            throw new BadEventException("the value is empty, not a symbol");
        }
        try {
            return Decoded.of(new Event.Symbol(StandardCharsets.UTF_8
                    .newDecoder() // which reports malformed bytes where new String would replace them
                    .decode(ByteBuffer.wrap(value))
                    .toString()));
        } catch (CharacterCodingException e) {
            throw new BadEventException("the value is not UTF-8");
        }
    }
}
