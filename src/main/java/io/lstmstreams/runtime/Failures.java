package io.lstmstreams.runtime;

import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;

/** Describes failures for people. */
public final class Failures {
    private Failures() {}

    /** Describes a failure in one line. */
    public static String oneLine(Throwable failure) {
        if (failure instanceof UncheckedIOException e && e.getCause() != null) {
            return oneLine(e.getCause());
        }
        if (failure instanceof NoSuchFileException) {
            return failure.getMessage() + ": no such file";
        }
        if (failure instanceof AccessDeniedException) {
            return failure.getMessage() + ": access denied";
        }
        if (failure instanceof TransactionalIdAuthorizationException) { // its message does not name the ids
            return "the application's user needs WRITE on the transactional ids that begin with <application.id>-";
        }
        if (failure instanceof TopicAuthorizationException) { // its message does not name the missing right
            return failure.getMessage()
                    + ": the application's user needs READ on topics that are read, WRITE on others";
        }
        if (failure instanceof FileSystemException e && e.getReason() != null) {
            return e.getFile() + ": " + e.getReason();
        }
        String message = Objects.requireNonNullElse(failure.getMessage(), "")
                .lines()
                .findFirst()
                .orElse("");
        boolean isClear = failure.getClass().getName().startsWith("io.lstmstreams.")
                || failure.getClass().getName().startsWith("org.apache.kafka.common.config.")
                || failure instanceof IllegalArgumentException
                || failure instanceof IllegalStateException;
        boolean isFile = failure instanceof FileSystemException;
        return isClear && !message.isEmpty()
                ? message
                : (isFile ? message + ": " : "") + failure.getClass().getSimpleName() + (isFile ? "" : ": " + message);
    }

    /** Returns the cause of a failed future. */
    static Throwable causeOf(ExecutionException failure) {
        return Objects.requireNonNullElse(failure.getCause(), failure);
    }

    /** Describes the innermost cause in one line. The exceptions around it only say where it happened. */
    static String innermost(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return oneLine(cause);
    }
}
