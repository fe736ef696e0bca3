package io.lstmstreams.event;

/**
 * Reads the event out of a record's value. Implementations are safe for any number of threads.
 *
 * @param <V> the value's type: {@code byte[]} for the formats here, anything in a topology of one's own
 */
@FunctionalInterface
public interface EventDecoder<V> {

    /**
     * Reads one value.
     *
     * @param value never null: a record without a value ends its sequence, and nobody needs to decode that
     * @throws BadEventException if the value holds no event of this decoder's form
     */
    Decoded decode(V value);
}
