package io.lstmstreams.runtime;

import io.lstmstreams.topology.StateRange;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.BiFunction;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;

/** The states of one partition in the order of their ids, read some at a time. Not thread-safe. */
final class PartitionStates implements KeyValueIterator<Bytes, byte[]> {
    private static final int MOST_AT_A_TIME = 1_000;

    private final BiFunction<byte[], Integer, StateRange> reader;
    private List<KeyValue<Bytes, byte[]>> states;
    private int at;
    private byte[] next; // null at the partition's end
    private int atATime;

    /**
     * @param first the states that were read first
     * @param atATime how many states were asked for first; more are when those do not suffice
     * @param reader reads the states from a key on, so many at most
     */
    PartitionStates(StateRange first, int atATime, BiFunction<byte[], Integer, StateRange> reader) {
        this.reader = reader;
        this.states = first.states();
        this.next = first.next();
        this.atATime = atATime;
    }

    @Override
    public boolean hasNext() {
        while (at == states.size() && next != null) {
            atATime = Math.min(2 * atATime, MOST_AT_A_TIME);
            StateRange read = reader.apply(next, atATime);
            states = read.states();
            next = read.next();
            at = 0;
        }
        return at < states.size();
    }

    @Override
    public Bytes peekNextKey() {
        return peek().key;
    }

    @Override
    public KeyValue<Bytes, byte[]> next() {
        KeyValue<Bytes, byte[]> state = peek();
        at++;
        return state;
    }

    private KeyValue<Bytes, byte[]> peek() {
        if (!hasNext()) {
            throw new NoSuchElementException("the partition has no more states");
        }
        return states.get(at);
    }

    @Override
    public void close() {}
}
