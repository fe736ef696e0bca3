package io.lstmstreams.statetopic;

import io.lstmstreams.output.SequenceName;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Filters of sequences by their ids, in the form in which results write ids. */
public final class SequenceFilter {
    private SequenceFilter() {}

    /** Returns a filter that accepts every sequence. */
    public static Predicate<byte[]> all() {
        return id -> true;
    }

    /** Returns a filter that accepts the sequences with these ids. */
    public static Predicate<byte[]> ids(Collection<String> sequences) {
        Set<ByteBuffer> ids = sequences.stream()
                .map(sequence -> ByteBuffer.wrap(SequenceName.toId(sequence)))
                .collect(Collectors.toSet());
        return id -> ids.contains(ByteBuffer.wrap(id));
    }

    /** Returns a filter that accepts the sequences whose ids begin with these bytes. */
    public static Predicate<byte[]> prefix(String beginning) {
        byte[] prefix = SequenceName.toId(beginning);
        return id -> id.length >= prefix.length
                && ByteBuffer.wrap(id, 0, prefix.length).equals(ByteBuffer.wrap(prefix));
    }
}
