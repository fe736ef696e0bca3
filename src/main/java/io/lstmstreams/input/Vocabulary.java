package io.lstmstreams.input;

import io.lstmstreams.event.BadEventException;
import io.lstmstreams.event.Event;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The events that a model knows: input line k is event k, and so is output k of the head that predicts. Immutable.
 *
 * <p>One of the lines may be the end of a sequence, which is predicted and scored but never stepped in. A model may come
 * without names; then events are called by their index.
 */
public final class Vocabulary {
    private static final int NONE = -1;

    private final int size;
    private final List<String> symbols; // names of lines 0.., empty if the model came without
    private final Map<String, Integer> indexes;
    private final int end;
    private final int unknown;

    private Vocabulary(int size, List<String> symbols, String end, String unknown) {
        this.size = size;
        this.indexes = new HashMap<>();
        for (String symbol : symbols) {
            if (symbol == null || !StandardCharsets.UTF_8.newEncoder().canEncode(symbol)) {
                throw new IllegalArgumentException(
                        "symbol " + indexes.size() + " of the vocabulary is " + (symbol == null ? "null" : "no text"));
            }
            if (indexes.put(symbol, indexes.size()) != null) {
                throw new IllegalArgumentException("the vocabulary has " + symbol + " twice");
            }
        }
        if (end == null || indexes.containsKey(end)) {
            this.symbols = List.copyOf(symbols);
        } else {
            indexes.put(end, indexes.size());
            this.symbols = Stream.concat(symbols.stream(), Stream.of(end)).toList();
        }
        if (!this.symbols.isEmpty() && this.symbols.size() != size) {
            throw new IllegalArgumentException("the vocabulary has " + this.symbols.size() + " symbols"
                    + (end == null ? "" : " with the end symbol") + ", but the model knows " + size + " events");
        }
        this.end = end == null ? NONE : indexes.get(end);
        this.unknown = unknown == null ? NONE : indexes.getOrDefault(unknown, NONE);
        if (unknown != null && (this.unknown == NONE || this.unknown == this.end)) {
            throw new IllegalArgumentException("the unknown symbol " + unknown + " is not an event of the vocabulary");
        }
    }

    /** Events without names, called by their index. */
    public static Vocabulary ofSize(int size) {
        return new Vocabulary(size, List.of(), null, null);
    }

    /**
     * Events with names.
     *
     * @param size how many the model knows, the end with them if it predicts that
     * @param symbols the names in index order
     * @param end the end of a sequence, or null: one of the symbols, or the line after the last of them
     * @param unknown the symbol that stands for all that the model does not know, or null
     * @throws IllegalArgumentException if a name comes twice, or there are not as many as lines
     */
    public static Vocabulary of(int size, List<String> symbols, String end, String unknown) {
        if (symbols.isEmpty()) {
            throw new IllegalArgumentException("the vocabulary is empty");
        }
        return new Vocabulary(size, symbols, end, unknown);
    }

    /** How many there are, the end with them. */
    public int size() {
        return size;
    }

    /** Whether events have names; if not, they are called by their index. */
    public boolean hasSymbols() {
        return !symbols.isEmpty();
    }

    /** The names in index order, the end's with them; empty where events have none. */
    public List<String> symbols() {
        return symbols;
    }

    /** The name of a line, or its index in decimal where events have no names. */
    public String symbol(int index) {
        return symbols.isEmpty() ? Integer.toString(index) : symbols.get(index);
    }

    /** The line of a name, or -1. */
    public int indexOf(String symbol) {
        return indexes.getOrDefault(symbol, NONE);
    }

    /** Whether the model predicts the end of a sequence. */
    public boolean hasEnd() {
        return end != NONE;
    }

    /** The line of the end, or -1. */
    public int end() {
        return end;
    }

    /** The line that stands for all unknown events, or -1. */
    public int unknown() {
        return unknown;
    }

    /**
     * The index of an event that is given by name or by index.
     *
     * @param events how many of the indexes may be stepped; the end never may
     * @throws UnknownEventException if it is not here
     * @throws BadEventException if it is neither a name nor an index, or the end
     */
    public int event(Event event, int events) {
        int index;
        if (event instanceof Event.Symbol symbol) {
            index = indexOf(symbol.name());
            if (index < 0) {
                throw new UnknownEventException(
                        hasSymbols()
                                ? "the event is not in the model's vocabulary"
                                : "the event is a symbol, but the model knows events by their index only");
            }
        } else if (event instanceof Event.Index number) {
            if (number.value() < 0 || number.value() >= Math.max(events, end + 1)) {
                throw new UnknownEventException("the event's index is not within 0 to " + (events - 1));
            }
            index = (int) number.value();
        } else {
            throw new BadEventException("the event is neither a symbol nor an index");
        }
        checkNotEnd(index);
        if (index >= events) {
            throw new UnknownEventException("the event has no line in the model's input");
        }
        return index;
    }

    void checkNotEnd(int index) {
        if (index == end) {
            throw new BadEventException("the end of a sequence is not an event; a record without a value ends one");
        }
    }
}
