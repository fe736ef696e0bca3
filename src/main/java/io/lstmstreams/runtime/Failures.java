package io.lstmstreams.runtime;

import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;

/** Failures as people read them. */
public final class Failures {
    private Failures() {}

    /** What went wrong, in one line. */
    public static String oneLine(Throwable failure) {
        if (failure instanceof UncheckedIOException) {
            return oneLine(failure.getCause());
        }
        if (failure instanceof NoSuchFileException) {
            return failure.getMessage() + ": no such file";
        }
        if (failure instanceof AccessDeniedException) {
            return failure.getMessage() + ": access denied";
        }
        if (failure
                instanceof TransactionalIdAuthorizationException) { // whose message does not say which ids these are
            return "the application's user needs WRITE on the transactional ids that begin with <application.id>-";
        }
        if (failure instanceof TopicAuthorizationException) { // whose message does not say what is missing
            return failure.getMessage()
                    + ": the application's user needs READ on topics that are read, WRITE on others";
        }
        String message = Objects.requireNonNullElse(failure.getMessage(), "")
                .lines()
                .findFirst()
                .orElse("");
        // Exceptions of ours, and those that say that an argument is wrong, speak for themselves.
        boolean speaks = failure.getClass().getName().startsWith("io.lstmstreams.")
                || failure.getClass().getName().startsWith("org.apache.kafka.common.config.")
                || failure instanceof IllegalArgumentException
                || failure instanceof IllegalStateException;
        boolean file = failure instanceof FileSystemException;
        return speaks && !message.isEmpty()
                ? message
                : (file ? message + ": " : "") + failure.getClass().getSimpleName() + (file ? "" : ": " + message);
    }

    /** The innermost cause, in one line: it is what went wrong, and those around it only say where. */
    static String innermost(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return oneLine(cause);
    }
}
