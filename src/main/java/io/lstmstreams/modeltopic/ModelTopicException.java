package io.lstmstreams.modeltopic;

/** Thrown if a models topic, or a model in it, cannot be used. The message is one line that says why. */
public final class ModelTopicException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean transientFailure;

    private ModelTopicException(String message, boolean transientFailure, Throwable cause) {
        super(message, cause);
        this.transientFailure = transientFailure;
    }

    /** Returns a failure that lasts until another model is published. */
    static ModelTopicException lasting(String message) {
        return new ModelTopicException(message, false, null);
    }

    /** Returns a failure that may be over at the next attempt. */
    static ModelTopicException passing(String message, Throwable cause) {
        return new ModelTopicException(message, true, cause);
    }

    /** Returns whether another attempt may succeed. */
    public boolean isTransient() {
        return transientFailure;
    }
}
