package io.lstmstreams.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lstmstreams.topology.TinyModels;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Interleaved sequences, invented record by record: some begin with a header, some restart halfway, they end in each
 * possible way and return after their end, and some records are not events. Each record has an id in its header {@value
 * #ID}. Not thread-safe.
 */
public final class Load {
    /** The header that identifies a record and is copied to its answers. */
    public static final String ID = "event-id";

    private static final int LIVE = 150; // sequences at a time
    private static final int ENDS = 25; // one event in this many is the last one of its sequence
    private static final int BEGINS_ANEW = 150;
    private static final int BAD = 60;
    private static final int REPEATABLE = 3; // the latest records of a sequence
    private static final int ENDED = 30; // sequences
    private static final List<String> NO_EVENTS = List.of(
            "{\"event\":\"unheard-of\"}",
            "{\"event\":\"unheard-of\",\"end\":true}",
            "{\"event\":[1,1,0,0,0,0]}",
            "{\"event\":99}",
            "{\"event\":null}",
            "{\"event\":",
            "not JSON",
            "{}",
            "");

    private final Random random;
    private final String topic;
    private final int left;
    private final Expectation expectation = new Expectation();
    private final List<Live> live = new ArrayList<>();
    private final Deque<Live> ended = new ArrayDeque<>(); // the sequences that ended last
    private final Set<String> liveIds = new HashSet<>();
    private final Map<String, Integer> files = new HashMap<>(); // the file of the expectation, by sequence
    private int records;
    private int sequences;

    /** A sequence and its latest records, which may be repeated. */
    private record Live(String id, List<ProducerRecord<byte[], byte[]>> latest) {}

    public Load(long seed, String topic) {
        this(seed, topic, 0);
    }

    /**
     * Creates a load in which some sequences receive no more records and no end, and never return.
     *
     * @param left one sequence is left after this many records on average; 0 for none
     */
    public Load(long seed, String topic, int left) {
        this.random = new Random(seed);
        this.topic = topic;
        this.left = left;
    }

    /** Returns the next record or records, with a timestamp. */
    public List<ProducerRecord<byte[], byte[]>> next(long time) {
        if (random.nextInt(BAD) == 0) {
            return List.of(bad(time));
        }
        if (left > 0 && !live.isEmpty() && random.nextInt(left) == 0) {
            leave(live.get(random.nextInt(live.size())));
        }
        if (live.isEmpty() || (live.size() < LIVE && random.nextInt(8) == 0)) {
            return List.of(begin(time));
        }
        Live sequence = live.get(random.nextInt(live.size()));
        if (random.nextInt(ENDS) == 0) {
            return List.of(end(sequence, time));
        }
        boolean anew = random.nextInt(BEGINS_ANEW) == 0;
        if (anew) {
            files.merge(sequence.id(), 1, Integer::sum);
            sequence.latest().clear();
        }
        return List.of(event(sequence, time, anew));
    }

    private ProducerRecord<byte[], byte[]> begin(long time) {
        String id = "sequence-" + (sequences > 0 && random.nextInt(4) == 0 ? random.nextInt(sequences) : sequences++);
        if (!liveIds.add(id)) {
            id = "sequence-" + sequences++;
            liveIds.add(id);
        }
        files.putIfAbsent(id, 0);
        Live sequence = new Live(id, new ArrayList<>());
        live.add(sequence);
        return event(sequence, time, random.nextInt(3) == 0);
    }

    private ProducerRecord<byte[], byte[]> event(Live sequence, long time, boolean start) {
        String symbol = symbol();
        ProducerRecord<byte[], byte[]> record =
                make(sequence.id(), "{\"event\":\"" + symbol + "\"}", time, start ? "start" : null);
        expect(record, symbol, false);
        remember(sequence, record);
        return record;
    }

    private ProducerRecord<byte[], byte[]> end(Live sequence, long time) {
        live.remove(sequence);
        liveIds.remove(sequence.id());
        String symbol = random.nextBoolean() ? symbol() : null;
        boolean byHeader = random.nextBoolean();
        String value = switch ((symbol == null ? 0 : 2) + (byHeader ? 1 : 0)) {
            case 0 -> random.nextBoolean() ? null : "{\"end\":true}";
            case 1 -> random.nextBoolean() ? null : "";
            case 2 -> "{\"event\":\"" + symbol + "\",\"end\":true}";
            default -> "{\"event\":\"" + symbol + "\"}";
        };
        ProducerRecord<byte[], byte[]> record = make(sequence.id(), value, time, byHeader ? "end" : null);
        expect(record, symbol, true);
        remember(sequence, record);
        ended.addLast(sequence);
        if (ended.size() > ENDED) {
            ended.removeFirst();
        }
        return record;
    }

    private void leave(Live sequence) {
        live.remove(sequence); // its id is not used again
        expectation.left(files.get(sequence.id()), sequence.id());
    }

    private static void remember(Live sequence, ProducerRecord<byte[], byte[]> record) {
        sequence.latest().add(record);
        if (sequence.latest().size() > REPEATABLE) {
            sequence.latest().remove(0);
        }
    }

    private String symbol() {
        return TinyModels.EVENTS.get(random.nextInt(TinyModels.EVENTS.size()));
    }

    private ProducerRecord<byte[], byte[]> bad(long time) {
        String sequence = live.isEmpty()
                ? "nobody"
                : live.get(random.nextInt(live.size())).id();
        String value = NO_EVENTS.get(random.nextInt(NO_EVENTS.size()));
        ProducerRecord<byte[], byte[]> record = make(sequence, value, time, null);
        expectation.deadLetter(id(record), sequence, value);
        return record;
    }

    /** Returns records that are not events. */
    public List<ProducerRecord<byte[], byte[]>> bad(int count, long time) {
        List<ProducerRecord<byte[], byte[]>> bad = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            bad.add(bad(time));
        }
        return bad;
    }

    /**
     * Returns events whose results no topic accepts: their headers are too large for the topic of the results, or their
     * timestamps lie further in the future than a topic accepts by default. Each becomes a dead letter and changes no
     * state.
     */
    public List<ProducerRecord<byte[], byte[]>> hostile(int count) {
        List<ProducerRecord<byte[], byte[]>> hostile = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String sequence = live.isEmpty()
                    ? "nobody"
                    : live.get(random.nextInt(live.size())).id();
            String value = "{\"event\":\"" + symbol() + "\"}";
            long now = System.currentTimeMillis(); // the broker's time, which a wrong clock of the load does not change
            long time = switch (random.nextInt(3)) {
                case 0 -> now + Duration.ofHours(2).toMillis();
                case 1 -> Long.MAX_VALUE;
                default -> now;
            };
            ProducerRecord<byte[], byte[]> record = make(sequence, value, time, null);
            if (time == now) {
                record.headers().add("large", new byte[Topics.RESULT_BYTES]);
            }
            expectation.deadLetter(id(record), sequence, value);
            hostile.add(record);
        }
        return hostile;
    }

    /**
     * Returns earlier records in their order: the latest of live sequences, and of some that have ended, with their
     * ends. They have no answers.
     */
    public List<ProducerRecord<byte[], byte[]>> repeated(int count) {
        List<ProducerRecord<byte[], byte[]>> repeated = new ArrayList<>();
        ended.stream().skip(random.nextInt(ENDED)).forEach(sequence -> repeated.addAll(sequence.latest()));
        int first = live.isEmpty() ? 0 : random.nextInt(live.size());
        for (int i = 0; i < live.size() && repeated.size() < count; i++) {
            repeated.addAll(live.get((first + i) % live.size()).latest());
        }
        return repeated;
    }

    /** Returns the last records: the ends of all live sequences. */
    public List<ProducerRecord<byte[], byte[]>> ends(long time) {
        List<ProducerRecord<byte[], byte[]>> ends = new ArrayList<>();
        while (!live.isEmpty()) {
            ends.add(end(live.get(live.size() - 1), time));
        }
        return ends;
    }

    /** Returns a sequence of one event and its end for each partition, so that time advances in all of them. */
    public List<ProducerRecord<byte[], byte[]>> oneInEach(int partitions, long time) {
        List<ProducerRecord<byte[], byte[]>> all = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            Live sequence = new Live("partition-" + partition, new ArrayList<>());
            files.put(sequence.id(), 0);
            live.add(sequence);
            all.addAll(List.of(event(sequence, time, false), end(sequence, time)).stream()
                    .map(in(partition))
                    .toList());
        }
        return all;
    }

    private static UnaryOperator<ProducerRecord<byte[], byte[]>> in(int partition) {
        return record -> new ProducerRecord<>(
                record.topic(), partition, record.timestamp(), record.key(), record.value(), record.headers());
    }

    private ProducerRecord<byte[], byte[]> make(String sequence, String value, long time, String mark) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                topic, null, time, sequence.getBytes(UTF_8), value == null ? null : value.getBytes(UTF_8));
        record.headers().add(ID, Integer.toString(records++).getBytes(UTF_8));
        if (mark != null) {
            record.headers().add("lstm.sequence", mark.getBytes(UTF_8));
        }
        return record;
    }

    private void expect(ProducerRecord<byte[], byte[]> record, String symbol, boolean end) {
        String sequence = new String(record.key(), UTF_8);
        expectation.record(files.get(sequence), id(record), sequence, record.timestamp(), symbol, end);
    }

    private static String id(ProducerRecord<byte[], byte[]> record) {
        return new String(record.headers().lastHeader(ID).value(), UTF_8);
    }

    /** Returns the expected answers to the records so far. */
    public Expectation expectation() {
        return expectation;
    }
}
