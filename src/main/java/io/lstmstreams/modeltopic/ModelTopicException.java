package io.lstmstreams.modeltopic;

/** A models topic, or a model in it, that cannot be used. The message is one line that says why. */
public final class ModelTopicException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean transientFailure;

    private ModelTopicException(String message, boolean transientFailure, Throwable cause) {
        super(message, cause);
        this.transientFailure = transientFailure;
    }

    /** Something that stays as it is until somebody publishes something else. */
    static ModelTopicException lasting(String message) {
        return new ModelTopicException(message, false, null);
    }

    /** Something that may be different when it is tried again. */
    static ModelTopicException passing(String message, Throwable cause) {
        return new ModelTopicException(message, true, cause);
    }

    /** Whether it is worth another try. */
    public boolean isTransient() {
        return transientFailure;
    }
}
