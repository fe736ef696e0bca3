package io.lstmstreams.event;

import java.nio.ByteBuffer;
import org.apiguardian.api.API;

/** A decoder of values that are an index: four bytes, big-endian (as Kafka's {@code IntegerSerializer} writes it). */
@API(status = API.Status.STABLE)
public final class Int32EventDecoder implements EventDecoder<byte[]> {

    @Override
    public Decoded decode(byte[] value) {
        if (value.length != Integer.BYTES) {
            throw new BadEventException("the value has " + value.length + " bytes, but an int32 must have 4");
        }
        return Decoded.of(new Event.Index(ByteBuffer.wrap(value).getInt()));
    }
}
