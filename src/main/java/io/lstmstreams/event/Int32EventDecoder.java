package io.lstmstreams.event;

import java.nio.ByteBuffer;

/** The whole value is an index: four bytes, big-endian (as Kafka's {@code IntegerSerializer} writes it). */
public final class Int32EventDecoder implements EventDecoder<byte[]> {

    @Override
    public Decoded decode(byte[] value) {
        if (value.length != Integer.BYTES) {
            throw new BadEventException("the value has " + value.length + " bytes, an int32 has 4");
        }
        return Decoded.of(new Event.Index(ByteBuffer.wrap(value).getInt()));
    }
}
