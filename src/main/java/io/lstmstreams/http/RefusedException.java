package io.lstmstreams.http;

/** A request that gets another answer than it asked for: a status of 400 or more, and one line that says why. */
final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;
    private static final int UNAVAILABLE = 503;

    private final int status;

    RefusedException(int status, String message) {
        super(message);
        this.status = status;
    }

    /** What was asked makes no sense. */
    static RefusedException badRequest(String message) {
        return new RefusedException(BAD_REQUEST, message);
    }

    /** There is no such thing. */
    static RefusedException notFound(String message) {
        return new RefusedException(NOT_FOUND, message);
    }

    /** It cannot be answered now, and soon can. */
    static RefusedException unavailable(String message) {
        return new RefusedException(UNAVAILABLE, message);
    }

    int status() {
        return status;
    }

    /** The answer: {@code {"error":"..."}}, and when to try again where that helps. */
    Answer answer() {
        Answer answer = Answer.error(status, getMessage());
        return status == UNAVAILABLE ? answer.with("Retry-After", "1") : answer;
    }
}
