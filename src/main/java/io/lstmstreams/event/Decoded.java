package io.lstmstreams.event;

import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/**
 * The decoded value of a record.
 *
 * @param event the event, unless the record only ends its sequence
 * @param end true if the sequence ends, after the event if there is one
 */
@API(status = API.Status.STABLE)
public record Decoded(@Nullable Event event, boolean end) {
    /** A record that ends its sequence and has no event. */
    public static final Decoded END = new Decoded(null, true);

    /** Returns an event that does not end its sequence. */
    public static Decoded of(Event event) {
        return new Decoded(event, false);
    }
}
