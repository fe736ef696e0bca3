package io.lstmstreams.topology;

import io.lstmstreams.event.BadEventException;
import io.lstmstreams.metrics.StreamMetrics.Reason;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A failure of a record whose output a topic would refuse. */
final class UnsendableException extends BadEventException implements SequenceFailure {
    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final transient byte @Nullable [] sequence; // null unless the sequence ends without a record

    UnsendableException(Reason reason, String message) {
        this(reason, message, null);
    }

    private UnsendableException(Reason reason, String message, byte @Nullable [] sequence) {
        super(message);
        this.reason = reason;
        this.sequence = sequence;
    }

    /** Returns this failure for a sequence that ends without a record. */
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
