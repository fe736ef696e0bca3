package io.lstmstreams.event;

import org.apiguardian.api.API;

/** A decoder of values that are a symbol, in UTF-8 (as Kafka's {@code StringSerializer} writes it). */
@API(status = API.Status.STABLE)
public final class StringEventDecoder implements EventDecoder<byte[]> {

    @Override
    public Decoded decode(byte[] value) {
        if (value.length == 0) {
            throw new BadEventException("the value is empty, not a symbol");
        }
        return Decoded.of(new Event.Symbol(Utf8.decode(value, "the value")));
    }
}
