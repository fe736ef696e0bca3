package io.lstmstreams.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** The format of a file of sequences. */
enum FileFormat {
    /** One sequence per line, its events separated by blanks. The line number, from 1, is the sequence's id. */
    SESSIONS,
    /** One record per line, in order of arrival. */
    JSONL;

    private static final int HEAD = 1024; // bytes
    private static final Pattern JSON_OBJECT = Pattern.compile("\\s*\\{\\s*\"");

    /**
     * Checks that a file does not contain JSON if its format is {@link #SESSIONS}: each of its words would be an
     * unknown event. Does not change the position of the stream, which must support marks.
     *
     * @throws IllegalArgumentException if the file contains JSON
     */
    void check(String file, InputStream in) throws IOException {
        if (this == JSONL) {
            return;
        }
        in.mark(HEAD);
        String head = new String(in.readNBytes(HEAD), StandardCharsets.ISO_8859_1);
        in.reset();
        if (JSON_OBJECT.matcher(head).lookingAt()) {
            throw new IllegalArgumentException(file + " contains JSON, not sessions: use --format jsonl");
        }
    }
}
