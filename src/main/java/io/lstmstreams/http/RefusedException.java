package io.lstmstreams.http;

/** A request that fails with a status of 400 or more and a message of one line. */
final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;
    private static final int UNAVAILABLE = 503;

    private final int status;
    private final String message;

    RefusedException(int status, String message) {
        super(message);
        this.message = message;
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

    /** Creates an exception for a request that may succeed later. */
    static RefusedException unavailable(String message) {
        return new RefusedException(UNAVAILABLE, message);
    }

    /** Returns the response, {@code {"error":"..."}}, with a Retry-After header if the request may succeed later. */
    Response response() {
        Response response = Response.error(status, message);
        return status == UNAVAILABLE ? response.with("Retry-After", "1") : response;
    }
}
