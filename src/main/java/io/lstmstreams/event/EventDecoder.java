package io.lstmstreams.event;

import org.apiguardian.api.API;

/**
 * A decoder of record values. Implementations are safe for any number of threads.
 *
 * @param <V> the value's type: {@code byte[]} for the formats of this package, any type in a user's own topology
 */
@API(status = API.Status.STABLE)
@FunctionalInterface
public interface EventDecoder<V> {

    /**
     * Decodes a value.
     *
     * @param value the value, never null: a record without a value ends its sequence and is not decoded
     * @throws BadEventException if the value has no event of this decoder's format
     */
    Decoded decode(V value);
}
