package io.lstmstreams.cli;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The format of a file of sequences. */
enum FileFormat {
    /** One sequence per line, its events separated by blanks. The line number, from 1, is the sequence's id. */
    SESSIONS,
    /** One record per line, in order of arrival. */
    JSONL;

    /** The description of the option that chooses a format. */
    static final String DESCRIPTION =
            "sessions: one sequence per line, its events separated by blanks. jsonl: one record per line,"
                    + " {\"sequence\": \"...\", \"event\": ...} or {\"sequence\": \"...\", \"end\": true}."
                    + " Default: ${DEFAULT-VALUE}.";

    private static final int HEAD = 1024; // bytes
    private static final Pattern UNDECIDED = Pattern.compile("\\s*(\\{\\s*)?"); // more characters decide
    private static final Pattern JSON_OBJECT = Pattern.compile("\\s*\\{\\s*\"");

    /**
     * Opens a file, or standard input for {@code -}.
     *
     * @throws IllegalArgumentException if the file has another format
     */
    InputStream open(String file) throws IOException {
        boolean standard = file.equals(LineFile.STANDARD);
        InputStream in = new BufferedInputStream(standard ? System.in : Files.newInputStream(Path.of(file)));
        try {
            check(standard ? "standard input" : file, in);
            return in;
        } catch (IOException | IllegalArgumentException e) {
            in.close();
            throw e;
        }
    }

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
        StringBuilder head = new StringBuilder();
        int next = 0;
        while (head.length() < HEAD && UNDECIDED.matcher(head).matches() && next >= 0) { // a pipe may have no more yet
            next = in.read();
            if (next >= 0) {
                head.append((char) next);
            }
        }
        in.reset();
        if (JSON_OBJECT.matcher(head).lookingAt()) {
            throw new IllegalArgumentException(file + " contains JSON, not sessions: use --format jsonl");
        }
    }
}
