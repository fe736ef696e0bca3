package io.lstmstreams.faults;

/** Thrown if the target ends before a fault takes effect. The fault is injected again, with another target. */
final class TargetEndedException extends Exception {
    private static final long serialVersionUID = 1L;

    TargetEndedException(String message) {
        super(message);
    }
}
