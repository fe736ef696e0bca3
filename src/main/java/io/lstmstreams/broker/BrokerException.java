package io.lstmstreams.broker;

/** The embedded broker could not start; the message is one line that says what is wrong, and where. */
public final class BrokerException extends RuntimeException {

    BrokerException(String message) {
        super(message);
    }

    BrokerException(String message, Throwable cause) {
        super(message, cause);
    }
}
