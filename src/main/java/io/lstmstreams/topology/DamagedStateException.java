package io.lstmstreams.topology;

import io.lstmstreams.event.BadEventException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A failure of a record whose sequence has a damaged state. The state's bytes go to the dead-letter topic with the
 * record.
 */
final class DamagedStateException extends BadEventException implements SequenceFailure {
    private static final long serialVersionUID = 1L;

    private final transient byte[] key;
    private final transient byte @Nullable [] state;

    /**
     * Creates a failure.
     *
     * @param key the bytes of the sequence id
     * @param state the damaged bytes; null if the store no longer has them
     */
    DamagedStateException(String message, byte[] key, byte @Nullable [] state) {
        super(message);
        this.key = key;
        this.state = state;
    }

    @Override
    public Optional<byte[]> sequence() {
        return Optional.of(key);
    }

    @Override
    public Optional<byte[]> state() {
        return Optional.ofNullable(state);
    }
}
