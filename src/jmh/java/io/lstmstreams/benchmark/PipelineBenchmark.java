package io.lstmstreams.benchmark;

import io.lstmstreams.broker.EmbeddedBroker;
import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.input.EventModel;
import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.metrics.StreamMetrics;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.state.StateCodec;
import io.lstmstreams.topology.FetchedRecords;
import io.lstmstreams.topology.LstmTopology;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Produced;

/**
 * Topic to topic: the application's topology beside one that reads and writes the same bytes of state without arithmetic,
 * with Kafka's record cache off (its default) and on (ours), in turns, on one stream thread, exactly-once, against an embedded broker in this process. The events are in the topic
 * before it is read; a run's time is that from its first result to its last one, as a read_committed consumer sees them.
 *
 * <p>Arguments: [events, default 1000000] [rounds, default 5] [live sequences, default 400].
 */
public final class PipelineBenchmark {
    /** What is measured, and how the table calls it. */
    private enum Variant {
        LSTM("lstm-streams"),
        STATE("state only"),
        STATE_CACHED("state only, record cache on");

        private final String title;

        Variant(String title) {
            this.title = title;
        }
    }

    private static final int PARTITIONS = 8;
    private static final int WARM_UP_ROUNDS = 1;
    private static final int EVENTS_OF_A_SEQUENCE = 19; // as many as a block of HDFS has, on average
    private static final String MODEL = "/io/lstmstreams/demo/hdfs.safetensors";

    private final String bootstrapServers;
    private final Path folder;
    private final int events;
    private final int live;
    private final EventModel model;

    private PipelineBenchmark(String bootstrapServers, Path folder, int events, int live) {
        this.bootstrapServers = bootstrapServers;
        this.folder = folder;
        this.events = events;
        this.live = live;
        this.model = ModelFile.load(PipelineBenchmark.class.getResource(MODEL).toString());
    }

    /** Runs the benchmark and prints a table. */
    public static void main(String[] args) throws Exception {
        int events = args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000;
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
        int live = args.length > 2 ? Integer.parseInt(args[2]) : 400;
        Path folder = Files.createTempDirectory("lstm-streams-benchmark");
        try (EmbeddedBroker broker = EmbeddedBroker.start(0, folder.resolve("broker"))) {
            new PipelineBenchmark(broker.bootstrapServers(), folder, events, live).run(rounds);
        }
        System.exit(0);
    }

    private void run(int rounds) throws Exception {
        createTopics("events");
        int records = produce();
        System.out.printf(Locale.ROOT, "%,d events and %,d ends, %d sequences live%n", events, records - events, live);
        Map<Variant, List<Double>> rates = new EnumMap<>(Variant.class);
        for (int round = 0; round < WARM_UP_ROUNDS + rounds; round++) {
            boolean warmUp = round < WARM_UP_ROUNDS;
            Map<Variant, List<Double>> measured = new EnumMap<>(Variant.class);
            for (Variant variant : Variant.values()) {
                double rate = measure(variant, variant.name().toLowerCase(Locale.ROOT) + "-" + round, records);
                measured.put(variant, List.of(rate));
                if (!warmUp) {
                    rates.computeIfAbsent(variant, v -> new ArrayList<>()).add(rate);
                }
            }
            print(warmUp ? "warm-up" : "round " + round, measured);
        }
        print("median", rates);
    }

    private static void print(String round, Map<Variant, List<Double>> rates) {
        double lstm = median(rates.get(Variant.LSTM));
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-8s", round));
        rates.forEach((variant, all) -> line.append(String.format(
                Locale.ROOT, "  %s %,9.0f records/s (%.2f)", variant.title, median(all), lstm / median(all))));
        System.out.println(line);
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }

    private double measure(Variant variant, String name, int records) throws Exception {
        createTopics(name + "-results", name + "-verdicts");
        Map<String, String> config = new HashMap<>();
        config.put(LstmStreamsConfig.MODEL_CONFIG, "bundled");
        config.put(LstmStreamsConfig.INPUT_TOPIC_CONFIG, "events");
        config.put(LstmStreamsConfig.OUTPUT_TOPIC_CONFIG, name + "-results");
        config.put(LstmStreamsConfig.VERDICT_TOPIC_CONFIG, name + "-verdicts");
        FetchedRecords fetched = new FetchedRecords();
        Topology topology = variant == Variant.LSTM
                ? LstmTopology.build(
                        LstmStreamsConfig.of(config, Map.of()), model, Kernels.auto(), new StreamMetrics(), fetched)
                : stateOnly(name, variant == Variant.STATE_CACHED);
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, name);
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(StreamsConfig.STATE_DIR_CONFIG, folder.resolve(name).toString());
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        properties.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 64L << 20);
        properties.putAll(fetched.consumerSettings(List.of()));
        try (KafkaStreams streams = new KafkaStreams(topology, properties)) {
            streams.start();
            return awaitAll(name, records);
        }
    }

    private Topology stateOnly(String name, boolean cached) {
        StreamsBuilder builder = new StreamsBuilder();
        KStream<byte[], byte[]> outputs = builder.stream(
                        "events", Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()))
                .process(StateOnlyProcessor.supplier(cached, StateCodec.bytesPerSequence(model.network()), 300, 240));
        Produced<byte[], byte[]> produced = Produced.with(Serdes.ByteArray(), Serdes.ByteArray());
        outputs.filter((key, output) -> !StateOnlyProcessor.isVerdict(output)).to(name + "-results", produced);
        outputs.filter((key, output) -> StateOnlyProcessor.isVerdict(output)).to(name + "-verdicts", produced);
        return builder.build();
    }

    /** Reads until every event has its result, and returns how many came in a second. */
    private double awaitAll(String name, int records) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = IntStream.range(0, PARTITIONS)
                    .boxed()
                    .flatMap(partition -> List.of(
                            new TopicPartition(name + "-results", partition),
                            new TopicPartition(name + "-verdicts", partition))
                            .stream())
                    .collect(Collectors.toList());
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long first = 0;
            int beforeFirst = 0;
            int seen = 0;
            while (seen < records) {
                seen += consumer.poll(Duration.ofMillis(20)).count();
                if (first == 0 && seen > 0) {
                    first = System.nanoTime();
                    beforeFirst = seen;
                }
            }
            return (records - beforeFirst) * 1e9 / (System.nanoTime() - first);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback looks at the outcome
    private int produce() {
        byte[][] values = IntStream.rangeClosed(1, 28)
                .mapToObj(event -> ("{\"event\":\"E" + event + "\"}").getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
        SplittableRandom random = new SplittableRandom(1);
        int[] sequences = IntStream.range(0, live).toArray();
        int[] left = new int[live];
        Arrays.fill(left, EVENTS_OF_A_SEQUENCE);
        AtomicReference<Exception> failure = new AtomicReference<>();
        int sent = 0;
        int next = live;
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "linger.ms", 20, "batch.size", 1 << 17),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            int stepped = 0;
            while (stepped < events) {
                int chosen = random.nextInt(live);
                byte[] key = ("blk_" + sequences[chosen]).getBytes(StandardCharsets.UTF_8);
                boolean end = left[chosen]-- == 0;
                byte[] value = end ? null : values[random.nextInt(values.length)];
                producer.send(
                        new ProducerRecord<>("events", key, value),
                        (metadata, exception) -> failure.compareAndSet(null, exception));
                sent++;
                if (end) {
                    sequences[chosen] = next++;
                    left[chosen] = EVENTS_OF_A_SEQUENCE;
                } else {
                    stepped++;
                }
            }
        }
        if (failure.get() != null) {
            throw new IllegalStateException("the events could not be sent", failure.get());
        }
        return sent;
    }

    private void createTopics(String... names) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.createTopics(Arrays.stream(names)
                            .map(name -> new NewTopic(name, PARTITIONS, (short) 1))
                            .collect(Collectors.toList()))
                    .all()
                    .get();
        }
    }
}
