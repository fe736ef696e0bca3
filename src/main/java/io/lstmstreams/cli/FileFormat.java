package io.lstmstreams.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** What a file of sequences looks like. */
enum FileFormat {
    /** One sequence a line, its events separated by blanks; its id is the line's number from 1. */
    SESSIONS,
    /** One record a line, in order of arrival. */
    JSONL;

    private static final int HEAD = 1024; // bytes
    private static final Pattern JSON_OBJECT = Pattern.compile("\\s*\\{\\s*\"");

    /**
     * Looks whether a file that is said to hold sessions holds JSON; the stream, which supports marks, stays where it was.
     *
     * @throws IllegalArgumentException if so: each of its words would be refused as an unknown event
     */
    void check(String file, InputStream in) throws IOException {
        if (this == JSONL) {
            return;
        }
        in.mark(HEAD);
        String head = new String(in.readNBytes(HEAD), StandardCharsets.ISO_8859_1);
        in.reset();
        if (JSON_OBJECT.matcher(head).lookingAt()) {
            throw new IllegalArgumentException(file + " holds JSON, not sessions: it needs --format jsonl");
        }
    }
}
