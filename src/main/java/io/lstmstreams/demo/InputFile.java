package io.lstmstreams.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.lstmstreams.event.BadEventException;
import io.lstmstreams.event.LineReader;
import io.lstmstreams.event.RecordLine;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The events of a file: sessions, many of them live at a time, or records in the order of the file. Not thread-safe.
 */
final class InputFile implements Iterator<DemoEvent>, Closeable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final LineReader lines;
    private final boolean jsonLines;
    private final int live;
    private final SplittableRandom order;
    private final List<Queue<DemoEvent>> sessions = new ArrayList<>(); // the remaining events of each live session
    private @Nullable String line; // the next line; null at the end of the file

    InputFile(Path file, DemoOptions options) throws IOException {
        this.lines = LineReader.open(file);
        this.jsonLines = options.jsonLines();
        this.live = options.live();
        this.order = new SplittableRandom(options.seed());
        advance();
    }

    private void advance() {
        try {
            do {
                line = lines.next();
            } while (line != null && line.isBlank());
        } catch (BadEventException e) {
            throw new IllegalArgumentException("line " + lines.number() + " of the input: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean hasNext() {
        return line != null || !sessions.isEmpty();
    }

    @Override
    public DemoEvent next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        String record = line;
        if (!jsonLines || record == null) {
            return nextOfSessions();
        }
        DemoEvent event = new DemoEvent(sequence(record), record.getBytes(StandardCharsets.UTF_8), null);
        advance();
        return event;
    }

    private String sequence(String json) {
        try {
            return RecordLine.parse(json).requireSequence();
        } catch (BadEventException e) {
            throw new IllegalArgumentException("line " + lines.number() + " of the input: " + e.getMessage(), e);
        }
    }

    private DemoEvent nextOfSessions() {
        while (sessions.size() < live && line != null) {
            sessions.add(session(Long.toString(lines.number()), line));
            advance();
        }
        int chosen = order.nextInt(sessions.size());
        DemoEvent event = sessions.get(chosen).remove();
        if (sessions.get(chosen).isEmpty()) {
            sessions.remove(chosen);
        }
        return event;
    }

    private static Queue<DemoEvent> session(String id, String line) {
        Queue<DemoEvent> events = new ArrayDeque<>();
        Arrays.stream(line.strip().split("\\s+"))
                .forEach(word -> events.add(new DemoEvent(
                        id,
                        JSON.createObjectNode().put("event", word).toString().getBytes(StandardCharsets.UTF_8),
                        null)));
        events.add(new DemoEvent(id, null, null));
        return events;
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
