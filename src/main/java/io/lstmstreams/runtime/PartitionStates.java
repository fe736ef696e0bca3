package io.lstmstreams.runtime;

import io.lstmstreams.topology.StateRange;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.BiFunction;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.jspecify.annotations.Nullable;

/** Iterates over the states of one partition in the order of their ids, and reads some at a time. Not thread-safe. */
final class PartitionStates implements KeyValueIterator<Bytes, byte[]> {
    private static final int MAX_BATCH = 1_000;

    private final BiFunction<byte[], Integer, StateRange> reader;
    private List<KeyValue<Bytes, byte[]>> states;
    private int position;
    private byte @Nullable [] next; // null at the partition's end
    private int batch;

    /**
     * Creates an iterator.
     *
     * @param first the states that were read first
     * @param firstBatch the number of states that were requested first; each further request doubles it
     * @param reader reads the states from a key on, up to a number
     */
    PartitionStates(StateRange first, int firstBatch, BiFunction<byte[], Integer, StateRange> reader) {
        this.reader = reader;
        this.states = first.states();
        this.next = first.next();
        this.batch = firstBatch;
    }

    @Override
    public boolean hasNext() {
        while (position == states.size() && next != null) {
            batch = Math.min(2 * batch, MAX_BATCH);
            StateRange read = reader.apply(next, batch);
            states = read.states();
            next = read.next();
            position = 0;
        }
        return position < states.size();
    }

    @Override
    public Bytes peekNextKey() {
        return peek().key;
    }

    @Override
    public KeyValue<Bytes, byte[]> next() {
        KeyValue<Bytes, byte[]> state = peek();
        position++;
        return state;
    }

    private KeyValue<Bytes, byte[]> peek() {
        if (!hasNext()) {
            throw new NoSuchElementException("the partition has no more states");
        }
        return states.get(position);
    }

    @Override
    public void close() {}
}
