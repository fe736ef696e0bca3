package io.lstmstreams.config;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigException;
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/**
 * The application's configuration: keys that start with {@value #PREFIX}, and all other keys, which go to Kafka
 * Streams unchanged. Each group of keys has a class that declares the keys and returns their values; the keys of no
 * group are declared here. Immutable.
 */
@API(status = API.Status.STABLE)
public final class LstmStreamsConfig {
    /** The prefix of every key that this package declares. */
    public static final String PREFIX = "lstm.";

    /** The prefix of environment variables: {@code LSTM_STREAMS_X_Y} sets {@code x.y}. */
    public static final String ENVIRONMENT_PREFIX = "LSTM_STREAMS_";

    public static final String KERNEL_CONFIG = "lstm.kernel";
    private static final String KERNEL_DOC =
            "The implementation of the arithmetic: vector (the JDK's Vector API), portable (plain Java that the JIT"
                    + " compiler vectorises), scalar, ojalgo, or auto, the faster of the first two that this JVM can run.";

    public static final String KERNEL_WEIGHTS_CONFIG = "lstm.kernel.weights";
    private static final String KERNEL_WEIGHTS_DOC =
            "The precision of weights in memory: float32, or bfloat16, which halves the memory and is faster if a"
                    + " network is larger than the processor's caches, but rounds each weight of a matrix to 8 bits of"
                    + " significand. bfloat16 requires the vector kernel.";

    public static final String BATCH_SIZE_CONFIG = "lstm.batch.size";
    private static final int BATCH_SIZE_DEFAULT = 8;
    private static final String BATCH_SIZE_DOC =
            "The largest number of sequences of a partition that are processed as one batch, if their records are"
                    + " already there: each weight is then read once for all of them. No record waits for another, and"
                    + " results do not depend on it. 1: no batches.";

    public static final String STORE_MEMORY_BYTES_CONFIG = "lstm.store.memory.bytes";
    private static final long STORE_MEMORY_BYTES_DEFAULT = 256L << 20;
    private static final String STORE_MEMORY_BYTES_DOC =
            "The largest off-heap memory of this instance's state stores, all partitions together: RocksDB's block"
                    + " cache and its write buffers. A rocksdb.config.setter of your own replaces this limit.";

    // Kafka Streams' own keys.
    private static final String SERVER_CONFIG = "application.server";
    private static final String APPLICATION_ID_CONFIG = "application.id";
    private static final String DEAD_LETTER_TOPIC_CONFIG = "errors.dead.letter.queue.topic.name";

    private static final ConfigDef DEFINITION = definition();

    private final Values values;
    private final Map<String, Object> kafka;

    private LstmStreamsConfig(Values values, Map<String, Object> kafka) {
        this.values = values;
        this.kafka = kafka;
    }

    /**
     * Reads a configuration. Environment variables override properties, and references to other sources are resolved.
     *
     * @param properties the contents of the properties file
     * @param environment the process's environment; variables without {@value #ENVIRONMENT_PREFIX} are ignored
     * @throws ConfigException if a value is invalid or a key with {@value #PREFIX} is unknown; the message is one line
     *     that names the key
     */
    public static LstmStreamsConfig of(Map<String, ?> properties, Map<String, String> environment) {
        Map<String, Object> all = new TreeMap<>(properties);
        environment.forEach((variable, value) -> {
            if (variable.startsWith(ENVIRONMENT_PREFIX)) {
                String key = variable.substring(ENVIRONMENT_PREFIX.length());
                all.put(key.toLowerCase(Locale.ROOT).replace('_', '.'), value);
            }
        });
        Map<String, Object> ours = new TreeMap<>();
        Map<String, Object> kafka = new HashMap<>();
        References.resolve(all).forEach((key, value) -> (key.startsWith(PREFIX) ? ours : kafka).put(key, value));
        for (String key : ours.keySet()) {
            if (!DEFINITION.names().contains(key)) {
                throw new ConfigException(
                        "Unknown key " + key + ". Did you mean " + NearestName.of(key, DEFINITION.names()) + "?");
            }
        }
        LstmStreamsConfig config = new LstmStreamsConfig(new Values(DEFINITION, ours), Map.copyOf(kafka));
        config.check();
        return config;
    }

    /**
     * Returns this configuration with {@code application.server} set to an address, at which other instances reach
     * this one over HTTP. It is unchanged if {@code application.server} is set.
     */
    public LstmStreamsConfig reachedAt(String host, int port) {
        Map<String, Object> more = new HashMap<>(kafka);
        more.putIfAbsent(SERVER_CONFIG, host + ":" + port);
        return new LstmStreamsConfig(values, Map.copyOf(more));
    }

    private void check() {
        checkField(SequenceConfig.ID_CONFIG, sequences().id());
        checkField(SequenceConfig.REPEATED_CONFIG, sequences().repeated());
        checkField(ModelConfig.CHOICE_CONFIG, models().choice());
        models().check();
        http().check();
        output().check();
        checkTopics();
    }

    private void checkField(String key, @Nullable RecordPart part) {
        if (part != null && part.from() == RecordPart.From.FIELD && input().format() != InputFormat.JSON) {
            throw new ConfigException(
                    key, values.getString(key), "a field requires " + InputConfig.FORMAT_CONFIG + "=json");
        }
    }

    private void checkTopics() {
        new TopicRoles(applicationId())
                .add(InputConfig.TOPIC_CONFIG, input().topic())
                .add(OutputConfig.TOPIC_CONFIG, output().topic())
                .add(OutputConfig.VERDICT_TOPIC_CONFIG, output().verdictTopic())
                .add(ModelConfig.SHADOW_OUTPUT_TOPIC_CONFIG, models().shadowOutputTopic())
                .add(ModelConfig.SHADOW_VERDICT_TOPIC_CONFIG, models().shadowVerdictTopic())
                .add(ModelConfig.TOPIC_CONFIG, models().topic())
                .add(DEAD_LETTER_TOPIC_CONFIG, deadLetterTopic());
    }

    /** Returns the declaration of every key with {@value #PREFIX}. */
    public static ConfigDef definition() {
        ConfigDef definition = new ConfigDef();
        ModelConfig.define(definition);
        InputConfig.define(definition);
        SequenceConfig.define(definition);
        OutputConfig.define(definition);
        define(definition);
        HttpConfig.define(definition);
        return definition;
    }

    /** Declares the keys that belong to no group. */
    private static void define(ConfigDef definition) {
        definition
                .define(
                        KERNEL_CONFIG,
                        Type.STRING,
                        "auto",
                        ValidString.in("auto", "vector", "portable", "scalar", "ojalgo"),
                        Importance.LOW,
                        KERNEL_DOC)
                .define(
                        KERNEL_WEIGHTS_CONFIG,
                        Type.STRING,
                        "float32",
                        ValidString.in("float32", "bfloat16"),
                        Importance.LOW,
                        KERNEL_WEIGHTS_DOC)
                .define(
                        BATCH_SIZE_CONFIG,
                        Type.INT,
                        BATCH_SIZE_DEFAULT,
                        Range.between(1, 64),
                        Importance.LOW,
                        BATCH_SIZE_DOC)
                .define(
                        STORE_MEMORY_BYTES_CONFIG,
                        Type.LONG,
                        STORE_MEMORY_BYTES_DEFAULT,
                        Range.atLeast(8L << 20),
                        Importance.MEDIUM,
                        STORE_MEMORY_BYTES_DOC);
    }

    /** Returns the configuration of models. */
    @API(status = API.Status.INTERNAL)
    public ModelConfig models() {
        return new ModelConfig(values);
    }

    /** Returns the configuration of the input. */
    @API(status = API.Status.INTERNAL)
    public InputConfig input() {
        return new InputConfig(values);
    }

    /** Returns the configuration of sequences and their states. */
    @API(status = API.Status.INTERNAL)
    public SequenceConfig sequences() {
        return new SequenceConfig(values);
    }

    /** Returns the configuration of results and verdicts. */
    @API(status = API.Status.INTERNAL)
    public OutputConfig output() {
        return new OutputConfig(values);
    }

    /** Returns the configuration of the HTTP server. */
    @API(status = API.Status.INTERNAL)
    public HttpConfig http() {
        return new HttpConfig(values);
    }

    /** Returns all keys of Kafka Streams and its clients. */
    public Map<String, Object> kafka() {
        return kafka;
    }

    /** Returns Kafka Streams' {@value #APPLICATION_ID_CONFIG}; empty if it is not set. */
    public String applicationId() {
        return kafka.getOrDefault(APPLICATION_ID_CONFIG, "").toString();
    }

    /**
     * Returns the dead-letter topic, {@code <application.id>-dead-letters} unless {@value #DEAD_LETTER_TOPIC_CONFIG}
     * is set; may be empty.
     */
    public String deadLetterTopic() {
        return kafka.getOrDefault(DEAD_LETTER_TOPIC_CONFIG, applicationId() + "-dead-letters")
                .toString();
    }

    /** Returns {@value #KERNEL_CONFIG}. */
    public String kernel() {
        return values.getString(KERNEL_CONFIG);
    }

    /** Returns {@value #KERNEL_WEIGHTS_CONFIG}. */
    public String kernelWeights() {
        return values.getString(KERNEL_WEIGHTS_CONFIG);
    }

    /** Returns {@value #STORE_MEMORY_BYTES_CONFIG}. */
    public long storeMemoryBytes() {
        return values.getLong(STORE_MEMORY_BYTES_CONFIG);
    }

    /** Returns {@value #BATCH_SIZE_CONFIG}. */
    public int batchSize() {
        return values.getInt(BATCH_SIZE_CONFIG);
    }
}
