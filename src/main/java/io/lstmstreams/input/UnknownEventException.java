package io.lstmstreams.input;

import io.lstmstreams.event.BadEventException;

/** Thrown for a well-formed event that the model does not know: another name, or an index out of range. */
public final class UnknownEventException extends BadEventException {
    private static final long serialVersionUID = 1L;

    UnknownEventException(String message) {
        super(message);
    }
}
