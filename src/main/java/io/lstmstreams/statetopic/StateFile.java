package io.lstmstreams.statetopic;

import io.lstmstreams.event.BadEventException;
import io.lstmstreams.event.LineReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Reads files of states, one state on each line. */
public final class StateFile {
    private StateFile() {}

    /**
     * Reads a file.
     *
     * @param visitor the receiver of each state; may throw an {@link IllegalArgumentException} to reject a line
     * @throws IllegalArgumentException if a line is not a state or is rejected; the message has the line's number
     * @throws UncheckedIOException if the file cannot be read
     */
    public static void read(Path file, Consumer<StateLine> visitor) {
        try (LineReader in = LineReader.open(file)) {
            read(file, in, visitor);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void read(Path file, LineReader in, Consumer<StateLine> visitor) throws IOException {
        try {
            for (String line = in.next(); line != null; line = in.next()) {
                visitor.accept(StateLine.parse(line));
            }
        } catch (BadEventException | IllegalArgumentException e) {
            throw new IllegalArgumentException(file + " line " + in.number() + ": " + e.getMessage(), e);
        }
    }
}
