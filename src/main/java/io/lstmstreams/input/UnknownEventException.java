package io.lstmstreams.input;

import io.lstmstreams.event.BadEventException;

/** An event in good form that the model was not trained on: another name, or an index out of range. */
public final class UnknownEventException extends BadEventException {
    private static final long serialVersionUID = 1L;

    UnknownEventException(String message) {
        super(message);
    }
}
