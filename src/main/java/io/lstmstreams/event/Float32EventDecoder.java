package io.lstmstreams.event;

import java.nio.ByteBuffer;
import org.apiguardian.api.API;

/**
 * A decoder of values that are a vector: four bytes for each element, IEEE 754, big-endian (as Kafka's
 * {@code FloatSerializer} writes one element).
 */
@API(status = API.Status.STABLE)
public final class Float32EventDecoder implements EventDecoder<byte[]> {

    @Override
    public Decoded decode(byte[] value) {
        if (value.length == 0 || value.length % Float.BYTES != 0) {
            throw new BadEventException(
                    "the value has " + value.length + " bytes, but a float32 vector must have 4 for each element");
        }
        float[] values = new float[value.length / Float.BYTES];
        ByteBuffer.wrap(value).asFloatBuffer().get(values);
        return Decoded.of(new Event.Vector(values));
    }
}
