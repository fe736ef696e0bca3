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

/** Goes through the states of several partitions in the order of their ids, as far as a page reaches. */
final class SequenceScan {
    /** How many states a page may cost, which are more than it has lines where sequences have ended. */
    private static final int STATES = 10_000;

    /** Standard deviations by which a partition may have more than its share of a page, before it is asked again. */
    private static final double DEVIATIONS = 3;

    private SequenceScan() {}

    /** Where to begin: right behind an id, or with the first one that has the prefix. */
    static byte[] start(byte[] prefix, byte[] after) {
        if (after == null || Arrays.compareUnsigned(after, prefix) < 0) {
            return prefix;
        }
        return Arrays.copyOf(after, after.length + 1); // the least that is greater
    }

    /** How many states to ask each partition for, so that a page of evenly spread ones rarely needs more. */
    static int share(int limit, int partitions) {
        double even = (double) limit / Math.max(1, partitions);
        return (int) Math.min(limit, Math.ceil(even + DEVIATIONS * Math.sqrt(even)))
                + 1; // one to know whether more follow
    }

    /**
     * A page.
     *
     * @param partitions each in ascending order, from where the page begins
     * @param late tells when to answer with what has been found
     */
    static SequencePage page(
            Collection<KeyValueIterator<Bytes, byte[]>> partitions, byte[] prefix, int limit, BooleanSupplier late) {
        PriorityQueue<KeyValueIterator<Bytes, byte[]>> next =
                new PriorityQueue<>((one, other) -> one.peekNextKey().compareTo(other.peekNextKey()));
        partitions.stream().filter(KeyValueIterator::hasNext).forEach(next::add);
        List<SequencePage.Line> lines = new ArrayList<>();
        byte[] upTo = null;
        for (int looked = 0; !next.isEmpty(); looked++) {
            KeyValueIterator<Bytes, byte[]> least = next.poll();
            byte[] id = least.peekNextKey().get();
            if (!hasPrefix(id, prefix)) {
                return new SequencePage(lines, null); // nor has any that comes later
            }
            if (lines.size() == limit || looked == STATES || looked > 0 && late.getAsBoolean()) {
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
