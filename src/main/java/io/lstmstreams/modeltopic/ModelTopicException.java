package io.lstmstreams.modeltopic;

import org.jspecify.annotations.Nullable;

/** Thrown if a models topic, or a model in it, cannot be used. The message is one line with the reason. */
public final class ModelTopicException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean transientFailure;

    private ModelTopicException(String message, boolean transientFailure, @Nullable Throwable cause) {
        super(message, cause);
        this.transientFailure = transientFailure;
    }

    /** Creates an exception for a failure that lasts until another model is published. */
    static ModelTopicException permanent(String message) {
        return new ModelTopicException(message, false, null);
    }

    /** Creates an exception for a failure that another attempt may not have. */
    static ModelTopicException temporary(String message, @Nullable Throwable cause) {
        return new ModelTopicException(message, true, cause);
    }

    /** Returns whether another attempt may succeed. */
    public boolean isTransient() {
        return transientFailure;
    }
}
