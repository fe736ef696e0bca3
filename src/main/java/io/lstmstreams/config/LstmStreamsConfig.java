package io.lstmstreams.config;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigException;

/**
 * The application's configuration: our keys, which begin with {@value #PREFIX} and are declared here once, and all the
 * others, which go to Kafka Streams as they are. Immutable.
 */
public final class LstmStreamsConfig {
    /** What every key of ours begins with. */
    public static final String PREFIX = "lstm.";

    /** What every environment variable of ours begins with; {@code LSTM_STREAMS_X_Y} sets {@code x.y}. */
    public static final String ENVIRONMENT_PREFIX = "LSTM_STREAMS_";

    public static final String MODEL_CONFIG = "lstm.model";
    private static final String MODEL_DOC =
            "The model file: a path, or a URI (file:, http:, https:). `lstm-streams import` makes one.";

    public static final String INPUT_TOPIC_CONFIG = "lstm.input.topic";
    private static final String INPUT_TOPIC_DOC = "The topic of events. It must exist.";

    public static final String INPUT_FORMAT_CONFIG = "lstm.input.format";
    private static final String INPUT_FORMAT_DOC =
            "How an event stands in a record's value: json (symbol, index or vector at lstm.input.event), string (a symbol"
                    + " in UTF-8), int32 (an index, four bytes big-endian) or float32 (a vector, four bytes big-endian an"
                    + " element).";

    public static final String INPUT_EVENT_CONFIG = "lstm.input.event";
    private static final String INPUT_EVENT_DOC =
            "JSON pointer (RFC 6901) to the event in a json value; empty if the whole value is the event.";

    public static final String SEQUENCE_ID_CONFIG = "lstm.sequence.id";
    private static final String SEQUENCE_ID_DOC =
            "Where a record says which sequence it belongs to: key, header:NAME or field:/pointer (json values only)."
                    + " Anything but key sends the records through a repartition topic.";

    public static final String IDLE_TIMEOUT_CONFIG = "lstm.sequence.idle.timeout.ms";
    private static final String IDLE_TIMEOUT_DOC =
            "A sequence without an event for so long has ended. Time is that of the records in the same partition, and"
                    + " goes on with the clock while none come. 0: never.";

    public static final String MAX_STEPS_CONFIG = "lstm.sequence.max.steps";
    private static final String MAX_STEPS_DOC = "A sequence ends after so many events. 0: no limit.";

    public static final String OUTPUT_TOPIC_CONFIG = "lstm.output.topic";
    private static final String OUTPUT_TOPIC_DOC =
            "The topic of results, one for each event. Without it no results are written. Made if it does not exist.";

    public static final String OUTPUT_FORMAT_CONFIG = "lstm.output.format";
    private static final String OUTPUT_FORMAT_DOC =
            "How a result is written: json, or float32 (the first head's output, four bytes big-endian an element).";

    public static final String OUTPUT_INCLUDE_CONFIG = "lstm.output.include";
    private static final String OUTPUT_INCLUDE_DOC =
            "What a result holds beside score and next events: probabilities (of every event), logits, output (each head's"
                    + " vector), state (h and c of each layer), gates (of each layer).";

    public static final String OUTPUT_TOP_K_CONFIG = "lstm.output.top.k";
    private static final String OUTPUT_TOP_K_DOC = "How many of the likeliest next events a result names.";

    /** How many next events a result names unless told otherwise, in the stream and in {@code replay}. */
    public static final int OUTPUT_TOP_K_DEFAULT = 3;

    public static final String VERDICT_TOPIC_CONFIG = "lstm.verdict.topic";
    private static final String VERDICT_TOPIC_DOC =
            "The topic of verdicts, one for each sequence that ended. Without it none are written. Made if it does not"
                    + " exist.";

    public static final String SEQUENCE_LATE_CONFIG = "lstm.sequence.late";
    private static final String SEQUENCE_LATE_DOC =
            "What becomes of an event whose timestamp is earlier than the latest one that its sequence has had: process"
                    + " (stepped in the order of arrival), drop (left out and counted) or dead-letter. An end is taken in"
                    + " any case, unless it is beside an event that goes to the dead letters.";

    public static final String UNKNOWN_EVENT_CONFIG = "lstm.unknown.event";
    private static final String UNKNOWN_EVENT_DOC =
            "What becomes of an event that the model was not trained on: dead-letter, skip (left out), unknown-symbol"
                    + " (stepped as the vocabulary's unknown symbol) or fail (stops the application).";

    public static final String KERNEL_CONFIG = "lstm.kernel";
    private static final String KERNEL_DOC =
            "What does the arithmetic: vector (the JDK's Vector API), portable (plain Java that the JIT compiler vectorises),"
                    + " scalar, ojalgo, or auto, the faster one of the first two that this JVM can run.";

    public static final String KERNEL_WEIGHTS_CONFIG = "lstm.kernel.weights";
    private static final String KERNEL_WEIGHTS_DOC =
            "What weights are kept as: float32, or bfloat16, which needs half the memory, is faster where a model is larger"
                    + " than the processor's caches, and rounds each weight of a matrix to 8 bits of significand. For"
                    + " kernel vector alone.";

    public static final String BATCH_SIZE_CONFIG = "lstm.batch.size";
    private static final int BATCH_SIZE_DEFAULT = 8;
    private static final String BATCH_SIZE_DOC =
            "How many sequences of a partition are stepped together at most, where their records are there already: each"
                    + " weight is then read once for all of them. No record waits for another one, and results do not depend on"
                    + " it. 1: one by one.";

    public static final String STORE_MEMORY_BYTES_CONFIG = "lstm.store.memory.bytes";
    private static final long STORE_MEMORY_BYTES_DEFAULT = 256L << 20;
    private static final String STORE_MEMORY_BYTES_DOC =
            "Memory outside of the Java heap that the state stores of this instance take at most, all partitions together:"
                    + " what RocksDB has read, and what was written and is not in its files yet. A rocksdb.config.setter of"
                    + " your own replaces it.";

    private static final ConfigDef DEFINITION = new ConfigDef()
            .define(
                    MODEL_CONFIG,
                    ConfigDef.Type.STRING,
                    ConfigDef.NO_DEFAULT_VALUE,
                    Validators.notEmpty(),
                    Importance.HIGH,
                    MODEL_DOC)
            .define(
                    INPUT_TOPIC_CONFIG,
                    ConfigDef.Type.STRING,
                    ConfigDef.NO_DEFAULT_VALUE,
                    Validators.notEmpty(),
                    Importance.HIGH,
                    INPUT_TOPIC_DOC)
            .define(
                    INPUT_FORMAT_CONFIG,
                    ConfigDef.Type.STRING,
                    Validators.name(InputFormat.JSON),
                    Validators.oneOf(InputFormat.class),
                    Importance.HIGH,
                    INPUT_FORMAT_DOC)
            .define(
                    INPUT_EVENT_CONFIG,
                    ConfigDef.Type.STRING,
                    "/event",
                    Validators.pointer(),
                    Importance.MEDIUM,
                    INPUT_EVENT_DOC)
            .define(
                    SEQUENCE_ID_CONFIG,
                    ConfigDef.Type.STRING,
                    "key",
                    Validators.sequenceId(),
                    Importance.HIGH,
                    SEQUENCE_ID_DOC)
            .define(IDLE_TIMEOUT_CONFIG, ConfigDef.Type.LONG, 0L, Range.atLeast(0), Importance.MEDIUM, IDLE_TIMEOUT_DOC)
            .define(MAX_STEPS_CONFIG, ConfigDef.Type.LONG, 0L, Range.atLeast(0), Importance.LOW, MAX_STEPS_DOC)
            .define(OUTPUT_TOPIC_CONFIG, ConfigDef.Type.STRING, null, Importance.HIGH, OUTPUT_TOPIC_DOC)
            .define(
                    OUTPUT_FORMAT_CONFIG,
                    ConfigDef.Type.STRING,
                    Validators.name(OutputFormat.JSON),
                    Validators.oneOf(OutputFormat.class),
                    Importance.MEDIUM,
                    OUTPUT_FORMAT_DOC)
            .define(
                    OUTPUT_INCLUDE_CONFIG,
                    ConfigDef.Type.LIST,
                    List.of(),
                    Validators.anyOf("probabilities", "logits", "output", "state", "gates"),
                    Importance.MEDIUM,
                    OUTPUT_INCLUDE_DOC)
            .define(
                    OUTPUT_TOP_K_CONFIG,
                    ConfigDef.Type.INT,
                    OUTPUT_TOP_K_DEFAULT,
                    Range.atLeast(0),
                    Importance.MEDIUM,
                    OUTPUT_TOP_K_DOC)
            .define(VERDICT_TOPIC_CONFIG, ConfigDef.Type.STRING, null, Importance.HIGH, VERDICT_TOPIC_DOC)
            .define(
                    SEQUENCE_LATE_CONFIG,
                    ConfigDef.Type.STRING,
                    Validators.name(LateEvents.PROCESS),
                    Validators.oneOf(LateEvents.class),
                    Importance.MEDIUM,
                    SEQUENCE_LATE_DOC)
            .define(
                    UNKNOWN_EVENT_CONFIG,
                    ConfigDef.Type.STRING,
                    Validators.name(UnknownEvents.DEAD_LETTER),
                    Validators.oneOf(UnknownEvents.class),
                    Importance.MEDIUM,
                    UNKNOWN_EVENT_DOC)
            .define(
                    KERNEL_CONFIG,
                    ConfigDef.Type.STRING,
                    "auto",
                    ValidString.in("auto", "vector", "portable", "scalar", "ojalgo"),
                    Importance.LOW,
                    KERNEL_DOC)
            .define(
                    KERNEL_WEIGHTS_CONFIG,
                    ConfigDef.Type.STRING,
                    "float32",
                    ValidString.in("float32", "bfloat16"),
                    Importance.LOW,
                    KERNEL_WEIGHTS_DOC)
            .define(
                    BATCH_SIZE_CONFIG,
                    ConfigDef.Type.INT,
                    BATCH_SIZE_DEFAULT,
                    Range.between(1, 64),
                    Importance.LOW,
                    BATCH_SIZE_DOC)
            .define(
                    STORE_MEMORY_BYTES_CONFIG,
                    ConfigDef.Type.LONG,
                    STORE_MEMORY_BYTES_DEFAULT,
                    Range.atLeast(8L << 20),
                    Importance.MEDIUM,
                    STORE_MEMORY_BYTES_DOC);

    private final AbstractConfig ours;
    private final Map<String, Object> kafka;

    private LstmStreamsConfig(AbstractConfig ours, Map<String, Object> kafka) {
        this.ours = ours;
        this.kafka = kafka;
    }

    /**
     * Reads keys and values, with the environment laid over them, and fetches those that stand elsewhere.
     *
     * @param properties what the properties file says
     * @param environment the process's environment; variables without our prefix are passed over
     * @throws ConfigException if a value is wrong or a key of ours is unknown, in one line that names the key
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
        LstmStreamsConfig config =
                new LstmStreamsConfig(new AbstractConfig(DEFINITION, ours, false), Map.copyOf(kafka));
        config.check();
        return config;
    }

    private void check() {
        if (sequenceId().from() == SequenceId.From.FIELD && inputFormat() != InputFormat.JSON) {
            throw new ConfigException(
                    SEQUENCE_ID_CONFIG,
                    ours.getString(SEQUENCE_ID_CONFIG),
                    "a field needs " + INPUT_FORMAT_CONFIG + "=json");
        }
        if (outputTopic() == null && verdictTopic() == null) {
            throw new ConfigException("Neither " + OUTPUT_TOPIC_CONFIG + " nor " + VERDICT_TOPIC_CONFIG
                    + " is set: name the topic of results, of verdicts, or both.");
        }
    }

    /** The declaration of every key of ours. */
    public static ConfigDef definition() {
        return new ConfigDef(DEFINITION);
    }

    /** All keys that are not ours. */
    public Map<String, Object> kafka() {
        return kafka;
    }

    /** {@value #MODEL_CONFIG}. */
    public String model() {
        return ours.getString(MODEL_CONFIG);
    }

    /** {@value #INPUT_TOPIC_CONFIG}. */
    public String inputTopic() {
        return ours.getString(INPUT_TOPIC_CONFIG);
    }

    /** {@value #INPUT_FORMAT_CONFIG}. */
    public InputFormat inputFormat() {
        return value(InputFormat.class, INPUT_FORMAT_CONFIG);
    }

    /** {@value #INPUT_EVENT_CONFIG}. */
    public String inputEvent() {
        return ours.getString(INPUT_EVENT_CONFIG);
    }

    /** {@value #SEQUENCE_ID_CONFIG}. */
    public SequenceId sequenceId() {
        return SequenceId.parse(ours.getString(SEQUENCE_ID_CONFIG));
    }

    /** {@value #IDLE_TIMEOUT_CONFIG}; 0 for never. */
    public long idleTimeoutMs() {
        return ours.getLong(IDLE_TIMEOUT_CONFIG);
    }

    /** {@value #MAX_STEPS_CONFIG}; 0 for no limit. */
    public long maxSteps() {
        return ours.getLong(MAX_STEPS_CONFIG);
    }

    /** {@value #OUTPUT_TOPIC_CONFIG}, or null. */
    public String outputTopic() {
        return topic(OUTPUT_TOPIC_CONFIG);
    }

    /** {@value #OUTPUT_FORMAT_CONFIG}. */
    public OutputFormat outputFormat() {
        return value(OutputFormat.class, OUTPUT_FORMAT_CONFIG);
    }

    /** {@value #OUTPUT_INCLUDE_CONFIG}. */
    public List<String> outputInclude() {
        return ours.getList(OUTPUT_INCLUDE_CONFIG);
    }

    /** {@value #OUTPUT_TOP_K_CONFIG}. */
    public int outputTopK() {
        return ours.getInt(OUTPUT_TOP_K_CONFIG);
    }

    /** {@value #VERDICT_TOPIC_CONFIG}, or null. */
    public String verdictTopic() {
        return topic(VERDICT_TOPIC_CONFIG);
    }

    /** {@value #SEQUENCE_LATE_CONFIG}. */
    public LateEvents lateEvents() {
        return value(LateEvents.class, SEQUENCE_LATE_CONFIG);
    }

    /** {@value #UNKNOWN_EVENT_CONFIG}. */
    public UnknownEvents unknownEvents() {
        return value(UnknownEvents.class, UNKNOWN_EVENT_CONFIG);
    }

    /** {@value #KERNEL_CONFIG}. */
    public String kernel() {
        return ours.getString(KERNEL_CONFIG);
    }

    /** {@value #KERNEL_WEIGHTS_CONFIG}. */
    public String kernelWeights() {
        return ours.getString(KERNEL_WEIGHTS_CONFIG);
    }

    /** {@value #STORE_MEMORY_BYTES_CONFIG}. */
    public long storeMemoryBytes() {
        return ours.getLong(STORE_MEMORY_BYTES_CONFIG);
    }

    /** {@value #BATCH_SIZE_CONFIG}. */
    public int batchSize() {
        return ours.getInt(BATCH_SIZE_CONFIG);
    }

    private String topic(String key) {
        String name = ours.getString(key);
        return name == null || name.isBlank() ? null : name;
    }

    private <E extends Enum<E>> E value(Class<E> type, String key) {
        return Enum.valueOf(type, ours.getString(key).toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
