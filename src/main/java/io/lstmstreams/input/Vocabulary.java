package io.lstmstreams.input;

import io.lstmstreams.event.BadEventException;
import io.lstmstreams.event.Event;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/**
 * The events that a model knows. Input index k stands for event k, and so does output k of the head that predicts
 * events. Immutable.
 *
 * <p>One of the events may be the end of a sequence, which is predicted and scored but is never an input. A vocabulary
 * may have no names; then the events are identified by their index.
 */
@API(status = API.Status.STABLE)
public final class Vocabulary {
    private static final int NONE = -1;
    private static final Pattern INDEX = Pattern.compile("\\d{1,18}"); // fits a long

    private final int size;
    private final List<String> symbols; // [size], by index; empty if the events have no names
    private final Map<String, Integer> indexes;
    private final int end;
    private final int unknown;

    private Vocabulary(int size, List<String> symbols, @Nullable String end, @Nullable String unknown) {
        this.size = size;
        this.indexes = new HashMap<>();
        for (String symbol : symbols) {
            if (symbol == null || !StandardCharsets.UTF_8.newEncoder().canEncode(symbol)) {
                throw new IllegalArgumentException("symbol " + indexes.size() + " of the vocabulary is "
                        + (symbol == null ? "null" : "not Unicode text"));
            }
            if (indexes.put(symbol, indexes.size()) != null) {
                throw new IllegalArgumentException("the vocabulary contains " + symbol + " twice");
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
                    + (end == null ? "" : " with the end symbol") + ", but the model knows " + size + " events"
                    + advice(this.symbols, size, end));
        }
        this.end = end == null ? NONE : indexes.get(end);
        this.unknown = unknown == null ? NONE : indexes.getOrDefault(unknown, NONE);
        if (unknown != null && (this.unknown == NONE || this.unknown == this.end)) {
            throw new IllegalArgumentException("the unknown symbol " + unknown + " is not an event of the vocabulary");
        }
    }

    /** Returns what is likely if a vocabulary is one symbol too short or too long. */
    private static String advice(List<String> symbols, int size, @Nullable String end) {
        if (symbols.size() == size - 1) {
            return end == null
                    ? ": if the last one is the end of a sequence, --end-symbol names it; if event 0 is padding, <pad> is the"
                            + " first line of the vocabulary"
                    : ": if event 0 is padding, <pad> is the first line of the vocabulary";
        }
        return symbols.size() == size + 1 && symbols.get(0).matches("(?i)\\W?(pad|padding|unk|null|none)\\W?")
                ? ": without " + symbols.get(0) + " in its first line, the vocabulary fits"
                : "";
    }

    /** Returns a vocabulary of events without names, which are identified by their index. */
    public static Vocabulary ofSize(int size) {
        return new Vocabulary(size, List.of(), null, null);
    }

    /**
     * Returns a vocabulary of events with names.
     *
     * @param size the number of events, including the end if the model predicts it
     * @param symbols the names in index order
     * @param end the symbol of the end of a sequence, or null; if it is not among the symbols, it follows the last one
     * @param unknown the symbol that stands for all unknown events, or null
     * @throws IllegalArgumentException if a name occurs twice, or the number of names is not the size
     */
    public static Vocabulary of(int size, List<String> symbols, @Nullable String end, @Nullable String unknown) {
        if (symbols.isEmpty()) {
            throw new IllegalArgumentException("the vocabulary is empty");
        }
        return new Vocabulary(size, symbols, end, unknown);
    }

    /** Returns the number of events, including the end. */
    public int size() {
        return size;
    }

    /** Returns whether the events have names; if not, they are identified by their index. */
    public boolean hasSymbols() {
        return !symbols.isEmpty();
    }

    /** Returns the names in index order, including the end's; empty if the events have no names. */
    public List<String> symbols() {
        return symbols;
    }

    /** Returns the name of an event, or its index in decimal if the events have no names. */
    public String symbol(int index) {
        return symbols.isEmpty() ? Integer.toString(index) : symbols.get(index);
    }

    /** Returns the index of a name, or -1. */
    public int indexOf(String symbol) {
        return indexes.getOrDefault(symbol, NONE);
    }

    /** Returns whether the model predicts the end of a sequence. */
    public boolean hasEnd() {
        return end != NONE;
    }

    /** Returns the index of the end, or -1. */
    public int end() {
        return end;
    }

    /** Returns the index that stands for all unknown events, or -1. */
    public int unknown() {
        return unknown;
    }

    /**
     * Returns the index of an event that is given by name or by index. If the events have no names, a name is an index
     * in decimal.
     *
     * @param events the number of indexes that may be an input; the end's index never may
     * @throws UnknownEventException if the event is not in this vocabulary
     * @throws BadEventException if the event is neither a name nor an index, or is the end
     */
    public int indexOf(Event event, int events) {
        int index;
        if (event instanceof Event.Symbol symbol) {
            if (!hasSymbols()) {
                return indexOf(indexInText(symbol.name()), events);
            }
            index = indexOf(symbol.name());
            if (index < 0) {
                throw new UnknownEventException("the event is not in the model's vocabulary");
            }
        } else if (event instanceof Event.Index number) {
            if (number.value() < 0 || number.value() >= Math.max(events, end + 1)) {
                throw new UnknownEventException("the event's index is not within 0 to " + (events - 1));
            }
            index = (int) number.value();
        } else {
            throw new BadEventException("the event must be a symbol or an index");
        }
        checkNotEnd(index);
        if (index >= events) {
            throw new UnknownEventException("the event has no index in the model's input");
        }
        return index;
    }

    /** Returns the index that a text contains, for example a word of a file of sessions. */
    private static Event.Index indexInText(String text) {
        if (!INDEX.matcher(text).matches()) {
            throw new UnknownEventException("the event is a symbol, but the model knows events by their index only");
        }
        return new Event.Index(Long.parseLong(text));
    }

    void checkNotEnd(int index) {
        if (index == end) {
            throw new BadEventException("the end of a sequence is not an event; a record without a value ends one");
        }
    }
}
