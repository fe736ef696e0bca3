package io.lstmstreams.faults;

/** A fault whose target was gone before it took effect. It is injected again, with another target. */
final class MissedException extends Exception {
    private static final long serialVersionUID = 1L;

    MissedException(String message) {
        super(message);
    }
}
