package io.lstmstreams.topology;

import io.lstmstreams.event.BadEventException;
import java.util.Optional;

/** A record whose sequence has a stored state that cannot be read: it is not processed, and the state's bytes go with it. */
final class DamagedStateException extends BadEventException implements SequenceFailure {
    private static final long serialVersionUID = 1L;

    private final transient byte[] key;
    private final transient byte[] state;

    /**
     * Says what is wrong.
     *
     * @param key the sequence's id
     * @param state the bytes that cannot be read
     */
    DamagedStateException(String message, byte[] key, byte[] state) {
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
