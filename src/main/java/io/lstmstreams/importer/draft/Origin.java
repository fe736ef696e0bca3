package io.lstmstreams.importer.draft;

/**
 * The origin of a setting's value.
 *
 * @param kind the source of the value
 * @param reason the part of a sentence that follows the value in a note, such as {@code because the model is stateful};
 *     empty if the kind says all
 */
public record Origin(Kind kind, String reason) {
    /** The source of a value, from the most to the least certain. */
    public enum Kind {
        /** The user's spec. */
        SPEC,
        /** The file states the value. */
        FILE,
        /** The file does not state the value, and the framework's default applies. */
        DEFAULT,
        /** Sizes and names suggest the value; the file does not state it. */
        INFERRED
    }

    static final Origin SPEC = new Origin(Kind.SPEC, "");

    /** Returns the origin of a value that the file states. */
    public static Origin file(String reason) {
        return new Origin(Kind.FILE, reason);
    }

    /**
     * Returns the origin of a framework's default.
     *
     * @param owner the framework, class or layer that has the default
     */
    public static Origin defaultOf(String owner) {
        return new Origin(Kind.DEFAULT, "the default of " + owner + "; the file does not state it");
    }

    /** Returns the origin of a value that sizes or names suggest. */
    public static Origin inferred(String reason) {
        return new Origin(Kind.INFERRED, reason);
    }

    /** Returns the origin for the table of settings, such as {@code inferred: a softmax has as many outputs}. */
    @Override
    public String toString() {
        String reason = this.reason.replaceFirst("^because ", "");
        return switch (kind) {
            case SPEC -> "--spec";
            case FILE -> reason.isEmpty() ? "file" : "file: " + reason;
            case DEFAULT -> reason.replaceFirst("^the default", "default");
            case INFERRED -> "inferred: " + reason;
        };
    }
}
