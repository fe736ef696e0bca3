package io.lstmstreams.runtime;

import io.lstmstreams.event.BadEventException;
import io.lstmstreams.modeltopic.ModelTopicException;
import io.lstmstreams.output.SequenceName;
import io.lstmstreams.state.UnreadableStateException;
import io.lstmstreams.topology.LstmTopology;
import io.lstmstreams.topology.SequenceQueries;
import io.lstmstreams.topology.StateRange;
import io.lstmstreams.topology.StateRead;
import io.lstmstreams.topology.StateReads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsMetadata;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.HostInfo;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Questions about sequences, answered from the states that this instance has, and who else may be asked. Reads only, and only
 * partitions that are this instance's own and restored. The stream answers between two records, and never waits for who asks: what it
 * has processed but not committed is seen. Safe for any number of threads.
 */
public final class StateQueries {
    private static final Logger LOG = LoggerFactory.getLogger(StateQueries.class);

    /** How long a question waits for the stream: less than instances wait for one another. */
    private static final Duration TIMEOUT = Duration.ofSeconds(4);

    /** How long a page may take before it is answered with what it has. */
    private static final Duration PAGE_TIME = Duration.ofSeconds(1);

    private final KafkaStreams streams;
    private final StateReads reads;
    private final SequenceQueries sequences;
    private final HostInfo self; // null where instances do not know each other
    private final int partitions;

    /**
     * @param reads of the states of the streams
     * @param partitions of the store
     */
    StateQueries(KafkaStreams streams, StateReads reads, SequenceQueries sequences, HostInfo self, int partitions) {
        this.streams = streams;
        this.reads = reads;
        this.sequences = sequences;
        this.self = self;
        this.partitions = partitions;
    }

    /**
     * Another instance.
     *
     * @param host as its {@code application.server} says
     */
    public record Peer(String host, int port) {}

    /** How many partitions the states have, in all instances together. */
    public int partitions() {
        return partitions;
    }

    /** Whether it has been told how others reach it; if not, they are not known to it either. */
    public boolean knowsOthers() {
        return self != null;
    }

    /** The other instances that have states; that which should have the sequence's comes first. */
    public List<Peer> others(String sequence) {
        return unlessUnavailable(() -> {
            HostInfo likeliest = self == null || sequence == null
                    ? null
                    : streams.queryMetadataForKey(
                                    LstmTopology.STORE, SequenceName.toId(sequence), new ByteArraySerializer())
                            .activeHost();
            List<Peer> others = new ArrayList<>();
            for (StreamsMetadata instance : streams.metadataForAllStreamsClients()) {
                HostInfo host = instance.hostInfo();
                if (self != null
                        && !host.equals(self)
                        && instance.stateStoreNames().contains(LstmTopology.STORE)) {
                    others.add(host.equals(likeliest) ? 0 : others.size(), new Peer(host.host(), host.port()));
                }
            }
            return others;
        });
    }

    /** Where a sequence stands, as JSON. */
    public Looked<byte[]> currentState(String sequence) {
        byte[] id = SequenceName.toId(sequence);
        return find(id, stored -> sequences.currentState(id, stored));
    }

    /**
     * What would come out if a record came next, as JSON.
     *
     * @param value the record's
     * @param time the record's timestamp
     * @throws QueryException also if the record would be refused
     */
    public Looked<byte[]> predict(String sequence, byte[] value, long time) {
        byte[] id = SequenceName.toId(sequence);
        return find(id, stored -> sequences.predict(id, stored, value, time));
    }

    /** The same for a sequence that is nowhere, and would begin. */
    public byte[] predictFirst(String sequence, byte[] value, long time) {
        return answer(() -> sequences.predict(SequenceName.toId(sequence), null, value, time));
    }

    private <T> Looked<T> find(byte[] id, Function<byte[], T> question) {
        long deadline = deadline();
        Map<Integer, Optional<byte[]>> found = read(partition -> reads.get(partition, id), deadline);
        Optional<byte[]> stored = found.values().stream()
                .flatMap(Optional::stream)
                .filter(SequenceQueries::exists)
                .findFirst();
        return new Looked<>(
                Set.copyOf(found.keySet()),
                stored.map(state -> answer(() -> question.apply(state))).orElse(null));
    }

    /**
     * The first sequences after an id. Those that begin or end meanwhile may be among them or not.
     *
     * @param prefix what their ids begin with, as text
     * @param after null for the first ones
     * @param limit how many at most; fewer may be found where many have ended, or where the stream is busy
     */
    public Looked<SequencePage> list(String prefix, byte[] after, int limit) {
        long deadline = deadline();
        long enough = System.nanoTime() + PAGE_TIME.toNanos();
        byte[] beginning = SequenceName.toId(prefix);
        byte[] from = SequenceScan.start(beginning, after);
        int first = SequenceScan.share(limit, reads.partitions().size());
        Map<Integer, StateRange> begun = read(partition -> reads.range(partition, from, first), deadline);
        List<KeyValueIterator<Bytes, byte[]>> states = new ArrayList<>();
        begun.forEach((partition, range) ->
                states.add(new PartitionStates(range, first, (next, most) -> readOn(partition, next, most, deadline))));
        return answer(() -> new Looked<>(
                Set.copyOf(begun.keySet()),
                SequenceScan.page(states, beginning, limit, () -> System.nanoTime() - enough >= 0)));
    }

    private StateRange readOn(int partition, byte[] from, int most, long deadline) {
        return reads.range(partition, from, most)
                .map(read -> await(read, deadline))
                .orElseThrow(() -> new InvalidStateStoreException("the partition has moved"));
    }

    private static long deadline() {
        return System.nanoTime() + TIMEOUT.toNanos();
    }

    /** Asks all partitions of this instance at once. Those that move meanwhile are left out. */
    private <T> Map<Integer, T> read(Function<Integer, Optional<StateRead<T>>> question, long deadline) {
        if (!streams.state().isRunningOrRebalancing()) {
            throw unavailable("the stream is not running");
        }
        Map<Integer, StateRead<T>> asked = new HashMap<>();
        reads.partitions()
                .forEach(partition -> question.apply(partition).ifPresent(read -> asked.put(partition, read)));
        Map<Integer, T> answers = new HashMap<>();
        try {
            asked.forEach((partition, read) -> {
                try {
                    answers.put(partition, await(read, deadline));
                } catch (InvalidStateStoreException e) {
                    LOG.debug("partition {} was not looked through", partition, e);
                }
            });
        } finally {
            asked.values().forEach(StateRead::withdraw);
        }
        return answers;
    }

    private static <T> T await(StateRead<T> read, long deadline) {
        try {
            return read.await(deadline);
        } catch (TimeoutException e) {
            throw unavailable("the stream is busy: it has not answered within " + TIMEOUT.toSeconds() + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable("the server stops");
        } finally {
            read.withdraw();
        }
    }

    private static QueryException unavailable(String why) {
        return new QueryException(QueryException.Reason.UNAVAILABLE, why);
    }

    private static <T> T answer(Supplier<T> question) {
        try {
            return unlessUnavailable(question);
        } catch (BadEventException e) {
            throw new QueryException(QueryException.Reason.BAD_RECORD, e.getMessage());
        } catch (UnreadableStateException e) {
            throw new QueryException(QueryException.Reason.UNREADABLE, e.getMessage());
        } catch (ModelTopicException e) {
            throw unavailable(e.getMessage());
        }
    }

    /** Stores come and go with their partitions, also while they are read. */
    private static <T> T unlessUnavailable(Supplier<T> question) {
        try {
            return question.get();
        } catch (KafkaException | IllegalStateException e) {
            throw unavailable("the stream is not running, or its partitions change hands");
        }
    }
}
