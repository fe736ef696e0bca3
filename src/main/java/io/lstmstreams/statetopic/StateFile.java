package io.lstmstreams.statetopic;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** A file of states, one a line. */
public final class StateFile {
    private StateFile() {}

    /**
     * Reads a file.
     *
     * @param visitor may throw an {@link IllegalArgumentException} for what is wrong with a line
     * @throws IllegalArgumentException if a line is no state, with its number
     * @throws UncheckedIOException if the file cannot be read
     */
    public static void read(Path file, Consumer<StateLine> visitor) {
        long number = 1;
        try (BufferedReader in = Files.newBufferedReader(file)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                visitor.accept(StateLine.parse(line));
                number++;
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + " line " + number + ": " + e.getMessage(), e);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(file + " is not UTF-8 after line " + (number - 1), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
