package io.lstmstreams.broker;

/** A failure of the embedded broker. The message is one line with the cause and the place. */
public final class BrokerException extends RuntimeException {

    BrokerException(String message) {
        super(message);
    }

    BrokerException(String message, Throwable cause) {
        super(message, cause);
    }
}
