package io.lstmstreams.modelfile.tensor;

/** A model file that cannot be used. The message is one line that says where and what. */
public abstract sealed class ModelFileException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int MAX_LENGTH = 500;

    private ModelFileException(String where, String what, Throwable cause) {
        super(oneLine(where + ": " + what), cause);
    }

    /** Names come out of the file and may hold anything: what breaks or turns a line is replaced, endless ones are cut. */
    private static String oneLine(String text) {
        String line = text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]", "?");
        return line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH) + "...";
    }

    /** The file breaks the rules of its format, or its parts contradict each other. */
    public static final class Malformed extends ModelFileException {
        private static final long serialVersionUID = 1L;

        /**
         * Says what is broken.
         *
         * @param where the file, and the tensor or byte offset in it
         * @param what the rule that is broken
         */
        public Malformed(String where, String what) {
            super(where, what, null);
        }
    }

    /** The file is in order, but holds something that this project does not do. */
    public static final class Unsupported extends ModelFileException {
        private static final long serialVersionUID = 1L;

        /**
         * Says what is not supported.
         *
         * @param where the file, and the tensor or layer in it
         * @param what the thing by its name
         */
        public Unsupported(String where, String what) {
            super(where, what, null);
        }
    }

    /** The file cannot be read or written at all. */
    public static final class Inaccessible extends ModelFileException {
        private static final long serialVersionUID = 1L;

        /**
         * Says why.
         *
         * @param where the file
         * @param what the reason
         * @param cause what the system said
         */
        public Inaccessible(String where, String what, Throwable cause) {
            super(where, what, cause);
        }
    }
}
