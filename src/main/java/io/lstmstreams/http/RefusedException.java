package io.lstmstreams.http;

/** A request that fails with a status of 400 or more and a message of one line. */
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

    /** Creates an exception for an invalid request. */
    static RefusedException badRequest(String message) {
        return new RefusedException(BAD_REQUEST, message);
    }

    /** Creates an exception for a resource that does not exist. */
    static RefusedException notFound(String message) {
        return new RefusedException(NOT_FOUND, message);
    }

    /** Creates an exception for a request that cannot be answered at the moment. */
    static RefusedException unavailable(String message) {
        return new RefusedException(UNAVAILABLE, message);
    }

    int status() {
        return status;
    }

    /** Returns the answer, {@code {"error":"..."}}, with a Retry-After header if a retry makes sense. */
    Answer answer() {
        Answer answer = Answer.error(status, getMessage());
        return status == UNAVAILABLE ? answer.with("Retry-After", "1") : answer;
    }
}
