package io.lstmstreams.modelfile.tensor;

import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/** Thrown if a model file cannot be used. The message is one line: the place in the file, and the reason. */
@API(status = API.Status.STABLE)
public abstract sealed class ModelFileException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int MAX_LENGTH = 4_000; // a spec to copy must fit

    private ModelFileException(String where, String what, @Nullable Throwable cause) {
        super(oneLine(where + ": " + what), cause);
    }

    /** Replaces control characters and shortens the text: names come from the file and may contain anything. */
    private static String oneLine(String text) {
        String line = text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]", "?");
        return line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH) + "...";
    }

    /** The file breaks the rules of its format, or its parts contradict each other. */
    public static final class Malformed extends ModelFileException {
        private static final long serialVersionUID = 1L;

        /**
         * Creates the exception.
         *
         * @param where the file, and the tensor or byte offset in the file
         * @param what the violated rule
         */
        public Malformed(String where, String what) {
            super(where, what, null);
        }
    }

    /** The file is valid, but contains something that lstm-streams does not support. */
    public static final class Unsupported extends ModelFileException {
        private static final long serialVersionUID = 1L;

        /**
         * Creates the exception.
         *
         * @param where the file, and the tensor or layer in the file
         * @param what the unsupported feature by its name
         */
        public Unsupported(String where, String what) {
            super(where, what, null);
        }
    }

    /** The file cannot be read or written. */
    public static final class Inaccessible extends ModelFileException {
        private static final long serialVersionUID = 1L;

        /**
         * Creates the exception.
         *
         * @param where the file
         * @param what the reason
         * @param cause the system's error, or null
         */
        public Inaccessible(String where, String what, @Nullable Throwable cause) {
            super(where, what, cause);
        }
    }
}
