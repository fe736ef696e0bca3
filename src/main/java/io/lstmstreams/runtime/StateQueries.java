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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers queries of sequences from the states of this instance, and names the other instances. Only partitions that
 * this instance owns and has restored are read. The stream answers between two records and never waits for a query;
 * an answer includes what the stream has processed and not committed yet. Safe for any number of threads.
 */
public final class StateQueries {
    private static final Logger LOG = LoggerFactory.getLogger(StateQueries.class);

    /** The time for which a query waits for the stream: less than the time for which instances wait for each other. */
    private static final Duration TIMEOUT = Duration.ofSeconds(4);

    /** The time after which a page is answered with the sequences found so far. */
    private static final Duration PAGE_TIME = Duration.ofSeconds(1);

    private final KafkaStreams streams;
    private final StateReads reads;
    private final SequenceQueries sequences;
    private final @Nullable HostInfo self; // null if instances do not know each other
    private final int partitions;

    /**
     * Creates queries.
     *
     * @param reads the reads of the states, which the stream answers
     * @param self the address at which other instances reach this one; null if it is not known
     * @param partitions the number of partitions of the store
     */
    StateQueries(
            KafkaStreams streams,
            StateReads reads,
            SequenceQueries sequences,
            @Nullable HostInfo self,
            int partitions) {
        this.streams = streams;
        this.reads = reads;
        this.sequences = sequences;
        this.self = self;
        this.partitions = partitions;
    }

    /**
     * Another instance.
     *
     * @param host the host in its {@code application.server}
     * @param port the port in its {@code application.server}
     */
    public record Peer(String host, int port) {}

    /** Returns the number of partitions in all instances together. */
    public int partitions() {
        return partitions;
    }

    /** Returns whether {@code application.server} is set. Otherwise the instances do not know each other. */
    public boolean knowsOthers() {
        return self != null;
    }

    /**
     * Returns the other instances that have states.
     *
     * @param sequence the sequence id as text, whose likely owner comes first; null for any order
     * @throws QueryException if the stream is not running
     */
    public List<Peer> others(@Nullable String sequence) {
        return unlessUnavailable(() -> {
            HostInfo likelyOwner = self == null || sequence == null
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
                    others.add(host.equals(likelyOwner) ? 0 : others.size(), new Peer(host.host(), host.port()));
                }
            }
            return others;
        });
    }

    /**
     * Returns the current state of a sequence as JSON.
     *
     * @param sequence the sequence id as text
     * @return the state; empty if this instance does not have the sequence
     * @throws QueryException if the state cannot be read, or the stream does not answer
     */
    public LocalAnswer<Optional<byte[]>> currentState(String sequence) {
        byte[] id = SequenceName.toId(sequence);
        return find(id, stored -> sequences.currentState(id, stored));
    }

    /**
     * Returns the result record that an event would have as its sequence's next one, as JSON.
     *
     * @param sequence the sequence id as text
     * @param value the value of the record
     * @param time the record's timestamp, in milliseconds since the epoch
     * @return the result; empty if this instance does not have the sequence
     * @throws QueryException if the record would be refused, the state cannot be read, or the stream does not answer
     */
    public LocalAnswer<Optional<byte[]>> predict(String sequence, byte[] value, long time) {
        byte[] id = SequenceName.toId(sequence);
        return find(id, stored -> sequences.predict(id, stored, value, time));
    }

    /** Returns the result record that an event would have as the first one of its sequence, as JSON. */
    public byte[] predictFirst(String sequence, byte[] value, long time) {
        return answer(() -> sequences.predict(SequenceName.toId(sequence), null, value, time));
    }

    private <T> LocalAnswer<Optional<T>> find(byte[] id, Function<byte[], T> question) {
        long deadline = deadline();
        Map<Integer, Optional<byte[]>> found = read(partition -> reads.get(partition, id), deadline);
        Optional<byte[]> stored = found.values().stream()
                .flatMap(Optional::stream)
                .filter(SequenceQueries::exists)
                .findFirst();
        return new LocalAnswer<>(Set.copyOf(found.keySet()), stored.map(state -> answer(() -> question.apply(state))));
    }

    /**
     * Returns a page of sequences. A sequence that starts or ends meanwhile can be missing or included.
     *
     * @param prefix the text with which the ids start
     * @param after the bytes of the id before the page; null for the first page
     * @param limit the largest number of sequences; the page can have fewer if many have ended or the stream is busy
     * @throws QueryException if the stream does not answer
     */
    public LocalAnswer<SequencePage> list(String prefix, byte @Nullable [] after, int limit) {
        long deadline = deadline();
        long pageEnd = System.nanoTime() + PAGE_TIME.toNanos();
        byte[] idPrefix = SequenceName.toId(prefix);
        byte[] from = SequenceScan.start(idPrefix, after);
        int first = SequenceScan.share(limit, reads.partitions().size());
        Map<Integer, StateRange> firstRanges = read(partition -> reads.range(partition, from, first), deadline);
        List<KeyValueIterator<Bytes, byte[]>> states = new ArrayList<>();
        firstRanges.forEach((partition, range) -> states.add(
                new PartitionStates(range, first, (next, count) -> readOn(partition, next, count, deadline))));
        return answer(() -> new LocalAnswer<>(
                Set.copyOf(firstRanges.keySet()),
                SequenceScan.page(states, idPrefix, limit, () -> System.nanoTime() - pageEnd >= 0)));
    }

    private StateRange readOn(int partition, byte[] from, int limit, long deadline) {
        return reads.range(partition, from, limit)
                .map(read -> await(read, deadline))
                .orElseThrow(() -> new InvalidStateStoreException("the partition has moved"));
    }

    private static long deadline() {
        return System.nanoTime() + TIMEOUT.toNanos();
    }

    /** Reads all partitions of this instance at once. A partition that moves meanwhile is left out. */
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
                    LOG.debug("partition {} was not read", partition, e);
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
            throw unavailable("the server is stopping");
        } finally {
            read.withdraw();
        }
    }

    private static QueryException unavailable(String reason) {
        return new QueryException(QueryException.Reason.UNAVAILABLE, reason);
    }

    private static <T> T answer(Supplier<T> question) {
        try {
            return unlessUnavailable(question);
        } catch (BadEventException e) {
            throw new QueryException(QueryException.Reason.BAD_RECORD, String.valueOf(e.getMessage()));
        } catch (UnreadableStateException e) {
            throw new QueryException(QueryException.Reason.UNREADABLE, String.valueOf(e.getMessage()));
        } catch (ModelTopicException e) {
            throw unavailable(String.valueOf(e.getMessage()));
        }
    }

    /** Answers a question, unless its stores move with their partitions meanwhile. */
    private static <T> T unlessUnavailable(Supplier<T> question) {
        try {
            return question.get();
        } catch (KafkaException | IllegalStateException e) {
            throw unavailable("the stream is not running, or its partitions are moving");
        }
    }
}
