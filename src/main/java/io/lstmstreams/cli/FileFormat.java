package io.lstmstreams.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.regex.Pattern;

/** What a file of sequences looks like. */
enum FileFormat {
    /** One sequence a line, its events separated by blanks; its id is the line's number from 1. */
    SESSIONS,
    /** One record a line, in order of arrival. */
    JSONL;

    private static final int HEAD = 1024; // characters
    private static final Pattern JSON_OBJECT = Pattern.compile("\\s*\\{\\s*\"");

    /**
     * Looks whether a file that is said to hold sessions holds JSON; the reader stays where it was.
     *
     * @throws IllegalArgumentException if so: each of its words would be refused as an unknown event
     */
    void check(String file, BufferedReader in) throws IOException {
        if (this == JSONL) {
            return;
        }
        in.mark(HEAD);
        char[] head = new char[HEAD];
        int length = in.read(head);
        in.reset();
        if (length > 0 && JSON_OBJECT.matcher(new String(head, 0, length)).lookingAt()) {
            throw new IllegalArgumentException(file + " holds JSON, not sessions: it needs --format jsonl");
        }
    }
}
