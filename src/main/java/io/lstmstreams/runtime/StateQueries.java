package io.lstmstreams.runtime;

import io.lstmstreams.event.BadEventException;
import io.lstmstreams.modeltopic.ModelTopicException;
import io.lstmstreams.output.SequenceName;
import io.lstmstreams.state.UnreadableStateException;
import io.lstmstreams.topology.LstmTopology;
import io.lstmstreams.topology.SequenceQueries;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsMetadata;
import org.apache.kafka.streams.query.KeyQuery;
import org.apache.kafka.streams.query.Query;
import org.apache.kafka.streams.query.QueryResult;
import org.apache.kafka.streams.query.RangeQuery;
import org.apache.kafka.streams.query.StateQueryRequest;
import org.apache.kafka.streams.state.HostInfo;
import org.apache.kafka.streams.state.KeyValueIterator;

/**
 * Questions about sequences, answered from the states that this instance has, and who else may be asked. Reads only, and only
 * partitions that are this instance's own and restored. What the stream has stepped but not committed is seen. Safe for any number
 * of threads.
 */
public final class StateQueries {
    private final KafkaStreams streams;
    private final SequenceQueries sequences;
    private final HostInfo self; // null where instances do not know each other
    private final int partitions;

    /** @param partitions of the store */
    StateQueries(KafkaStreams streams, SequenceQueries sequences, HostInfo self, int partitions) {
        this.streams = streams;
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
    public Looked<byte[]> standing(String sequence) {
        byte[] id = SequenceName.toId(sequence);
        return find(id, stored -> sequences.standing(id, stored));
    }

    /**
     * What would come out if a record came next, as JSON.
     *
     * @param value the record's
     * @param time the record's timestamp
     * @throws QueryException also if the record would not be stepped
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
        Map<Integer, byte[]> found = query(KeyQuery.withKey(Bytes.wrap(id)));
        byte[] stored = found.values().stream()
                .filter(SequenceQueries::isThere)
                .findFirst()
                .orElse(null);
        return new Looked<>(Set.copyOf(found.keySet()), stored == null ? null : answer(() -> question.apply(stored)));
    }

    /**
     * The first sequences after an id, as of the last commit: each of them has had its place in the store's files then.
     *
     * @param prefix what their ids begin with, as text
     * @param after null for the first ones
     * @param limit how many at most; fewer may be found where many have ended
     */
    public Looked<SequencePage> list(String prefix, byte[] after, int limit) {
        byte[] beginning = SequenceName.toId(prefix);
        byte[] from = SequenceScan.start(beginning, after);
        Map<Integer, KeyValueIterator<Bytes, byte[]>> found =
                query(RangeQuery.<Bytes, byte[]>withLowerBound(Bytes.wrap(from)).withAscendingKeys());
        try {
            return answer(() ->
                    new Looked<>(Set.copyOf(found.keySet()), SequenceScan.page(found.values(), beginning, limit)));
        } finally {
            found.values().forEach(KeyValueIterator::close);
        }
    }

    /** What each partition of this instance says. */
    private <T> Map<Integer, T> query(Query<T> query) {
        return unlessUnavailable(() -> {
            Map<Integer, T> answers = new HashMap<>(); // of which some are null
            Map<Integer, QueryResult<T>> results = streams.query(StateQueryRequest.inStore(LstmTopology.STORE)
                            .withQuery(query)
                            .requireActive())
                    .getPartitionResults();
            results.forEach((partition, result) -> {
                if (result.isSuccess()) {
                    answers.put(partition, result.getResult());
                }
            });
            return answers;
        });
    }

    private static <T> T answer(Supplier<T> question) {
        try {
            return unlessUnavailable(question);
        } catch (BadEventException e) {
            throw new QueryException(QueryException.Reason.BAD_RECORD, e.getMessage());
        } catch (UnreadableStateException e) {
            throw new QueryException(QueryException.Reason.UNREADABLE, e.getMessage());
        } catch (ModelTopicException e) {
            throw new QueryException(QueryException.Reason.UNAVAILABLE, e.getMessage());
        }
    }

    /** Stores come and go with their partitions, also while they are read. */
    private static <T> T unlessUnavailable(Supplier<T> question) {
        try {
            return question.get();
        } catch (KafkaException | IllegalStateException e) {
            throw new QueryException(
                    QueryException.Reason.UNAVAILABLE, "the stream is not running, or its partitions change hands");
        }
    }
}
