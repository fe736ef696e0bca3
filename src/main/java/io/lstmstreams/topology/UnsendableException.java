package io.lstmstreams.topology;

import io.lstmstreams.event.BadEventException;
import io.lstmstreams.metrics.StreamMetrics.Reason;
import java.util.Optional;

/** A record that cannot be processed because a topic would refuse what has to be sent for it. */
final class UnsendableException extends BadEventException implements SequenceFailure {
    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final transient byte[] sequence; // of an end without a record

    UnsendableException(Reason reason, String message) {
        this(reason, message, null);
    }

    private UnsendableException(Reason reason, String message, byte[] sequence) {
        super(message);
        this.reason = reason;
        this.sequence = sequence;
    }

    /** Returns the same failure for a sequence that ends without a record. */
    UnsendableException of(byte[] id) {
        return new UnsendableException(reason, getMessage(), id);
    }

    Reason reason() {
        return reason;
    }

    @Override
    public Optional<byte[]> sequence() {
        return Optional.ofNullable(sequence);
    }

    @Override
    public Optional<byte[]> state() {
        return Optional.empty();
    }
}
