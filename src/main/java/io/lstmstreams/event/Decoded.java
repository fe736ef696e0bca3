package io.lstmstreams.event;

/**
 * What one record value holds.
 *
 * @param event what happened; null when the record only ends its sequence
 * @param end whether the sequence ends, after the event if there is one
 */
public record Decoded(Event event, boolean end) {
    /** A record that ends its sequence and holds no event. */
    public static final Decoded END = new Decoded(null, true);

    /** An event after which the sequence goes on. */
    public static Decoded of(Event event) {
        return new Decoded(event, false);
    }
}
