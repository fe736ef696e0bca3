package io.lstmstreams.runtime;

import io.lstmstreams.state.StoredHeader;
import io.lstmstreams.state.UnreadableStateException;
import io.lstmstreams.topology.SequenceQueries;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.jspecify.annotations.Nullable;

/** Reads a page of sequences: merges the states of several partitions in the order of their ids. */
final class SequenceScan {
    /** The largest number of states that a page visits. States of ended sequences are visited but not listed. */
    private static final int MAX_VISITED = 10_000;

    /**
     * The number of standard deviations by which a partition may exceed its share of a page before it is read again.
     */
    private static final double DEVIATIONS = 3;

    private SequenceScan() {}

    /**
     * Returns the key at which a page starts: directly after an id, or the prefix if there is no id before the page.
     */
    static byte[] start(byte[] prefix, byte @Nullable [] after) {
        if (after == null || Arrays.compareUnsigned(after, prefix) < 0) {
            return prefix;
        }
        return Arrays.copyOf(after, after.length + 1); // the smallest key that is greater
    }

    /**
     * Returns the number of states to read from each partition, so that a page of evenly spread states rarely needs
     * more.
     */
    static int share(int limit, int partitions) {
        double even = (double) limit / Math.max(1, partitions);
        return (int) Math.min(limit, Math.ceil(even + DEVIATIONS * Math.sqrt(even))) + 1; // to know whether more follow
    }

    /**
     * Reads a page.
     *
     * @param partitions the states of each partition in ascending order, from the start of the page on
     * @param prefix the bytes with which the ids start
     * @param limit the largest number of sequences
     * @param late returns true once the page must end with the sequences found so far
     */
    static SequencePage page(
            Collection<KeyValueIterator<Bytes, byte[]>> partitions, byte[] prefix, int limit, BooleanSupplier late) {
        PriorityQueue<KeyValueIterator<Bytes, byte[]>> next =
                new PriorityQueue<>((one, other) -> one.peekNextKey().compareTo(other.peekNextKey()));
        partitions.stream().filter(KeyValueIterator::hasNext).forEach(next::add);
        List<SequencePage.Line> lines = new ArrayList<>();
        byte[] upTo = null;
        for (int visited = 0; !next.isEmpty(); visited++) {
            KeyValueIterator<Bytes, byte[]> least = next.poll();
            byte[] id = least.peekNextKey().get();
            if (!hasPrefix(id, prefix)) {
                return new SequencePage(lines, null); // no later id has the prefix either
            }
            if (lines.size() == limit || visited == MAX_VISITED || visited > 0 && late.getAsBoolean()) {
                return new SequencePage(lines, upTo);
            }
            KeyValue<Bytes, byte[]> state = least.next();
            if (SequenceQueries.exists(state.value)) {
                lines.add(line(id, state.value));
            }
            upTo = id;
            if (least.hasNext()) {
                next.add(least);
            }
        }
        return new SequencePage(lines, null);
    }

    private static boolean hasPrefix(byte[] id, byte[] prefix) {
        return id.length >= prefix.length && Arrays.equals(id, 0, prefix.length, prefix, 0, prefix.length);
    }

    private static SequencePage.Line line(byte[] id, byte[] stored) {
        try {
            StoredHeader header = StoredHeader.of(stored);
            return new SequencePage.Line(
                    id, header.steps(), header.lastEventTime(), header.verdict().anomalous(), null);
        } catch (UnreadableStateException e) {
            return new SequencePage.Line(id, 0, 0, false, e.getMessage());
        }
    }
}
