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
import org.apache.kafka.common.config.types.Password;

/**
 * The application's configuration: keys that start with {@value #PREFIX}, which are declared here, and all other
 * keys, which go to Kafka Streams unchanged. Immutable.
 */
public final class LstmStreamsConfig {
    /** The prefix of every key that is declared here. */
    public static final String PREFIX = "lstm.";

    /** The prefix of environment variables: {@code LSTM_STREAMS_X_Y} sets {@code x.y}. */
    public static final String ENVIRONMENT_PREFIX = "LSTM_STREAMS_";

    public static final String MODEL_CONFIG = "lstm.model";
    private static final String MODEL_DOC =
            "The model file: a path, or a URI (file:, http:, https:). `lstm-streams import` creates one. If"
                    + " lstm.model.topic is set, this model runs until that topic names a model, and may be left out.";

    public static final String MODEL_TOPIC_CONFIG = "lstm.model.topic";
    private static final String MODEL_TOPIC_DOC =
            "A compacted topic with one partition that names the active model. Every instance reads it while it runs;"
                    + " `lstm-streams model publish` writes it. Results then name their model. The topic is created if it"
                    + " does not exist.";

    public static final String MODEL_NAME_CONFIG = "lstm.model.name";

    /** The default name of the model for events that choose no model. */
    public static final String MODEL_NAME_DEFAULT = "default";

    private static final String MODEL_NAME_DOC =
            "The name in lstm.model.topic whose active model processes the events that choose no model.";

    public static final String MODEL_CHOICE_CONFIG = "lstm.model.choice";
    private static final String MODEL_CHOICE_DOC =
            "The part of a record that names the model of lstm.model.topic for its sequence: none, header:NAME or"
                    + " field:/pointer (json values only). A sequence has one name from its first event to its end.";

    public static final String MODEL_CHANGE_CONFIG = "lstm.model.change";
    private static final String MODEL_CHANGE_DOC =
            "What happens to live sequences when another model becomes active: finish-old (they stay with their model"
                    + " to the end), restart (they restart with their next event) or carry (the new model continues with"
                    + " their state if it has the same shape; otherwise they restart). A sequence also restarts if its old"
                    + " model is not available.";

    public static final String MODEL_URIS_CONFIG = "lstm.model.topic.uris";
    private static final String MODEL_URIS_DOC =
            "The prefixes that a URI in lstm.model.topic may have; any other URI is refused. Whoever can write to the"
                    + " topic can make each instance read any URI with such a prefix.";

    private static final String SHADOW_BY_NAME = "topic:";

    public static final String SHADOW_MODEL_CONFIG = "lstm.shadow.model";
    private static final String SHADOW_MODEL_DOC =
            "A second model that processes the same events with its own states and writes its results to its own"
                    + " topics: a path, a URI, or topic:NAME for the active model of that name in lstm.model.topic.";

    public static final String SHADOW_OUTPUT_TOPIC_CONFIG = "lstm.shadow.output.topic";
    private static final String SHADOW_OUTPUT_TOPIC_DOC =
            "The topic of the shadow model's results. If it is not set, no such results are written. The topic is"
                    + " created if it does not exist.";

    public static final String SHADOW_VERDICT_TOPIC_CONFIG = "lstm.shadow.verdict.topic";
    private static final String SHADOW_VERDICT_TOPIC_DOC =
            "The topic of the shadow model's verdicts. If it is not set, no such verdicts are written. The topic is"
                    + " created if it does not exist.";

    public static final String INPUT_TOPIC_CONFIG = "lstm.input.topic";
    private static final String INPUT_TOPIC_DOC = "The topic of events. It must exist.";

    public static final String INPUT_FORMAT_CONFIG = "lstm.input.format";
    private static final String INPUT_FORMAT_DOC =
            "The format of an event in a record's value: json (symbol, index or vector at lstm.input.event), string"
                    + " (a symbol in UTF-8), int32 (an index, four bytes big-endian) or float32 (a vector, four bytes"
                    + " big-endian per element).";

    public static final String INPUT_EVENT_CONFIG = "lstm.input.event";
    private static final String INPUT_EVENT_DOC =
            "JSON pointer (RFC 6901) to the event in a json value; empty if the whole value is the event.";

    public static final String SEQUENCE_ID_CONFIG = "lstm.sequence.id";
    private static final String SEQUENCE_ID_DOC =
            "The part of a record that names its sequence: key, header:NAME or field:/pointer (json values only)."
                    + " With any value but key, the records pass through a repartition topic.";

    public static final String IDLE_TIMEOUT_CONFIG = "lstm.sequence.idle.timeout.ms";
    private static final String IDLE_TIMEOUT_DOC =
            "Ends a sequence that has had no event for this long, measured as lstm.sequence.idle.time says. 0: never.";

    public static final String IDLE_TIME_CONFIG = "lstm.sequence.idle.time";
    private static final String IDLE_TIME_DOC =
            "The time in which lstm.sequence.idle.timeout.ms is measured: event (event time of the partition, which"
                    + " advances with the wall clock while no records arrive) or wall-clock (wall-clock time since the"
                    + " sequence's last event was processed, whatever its timestamp).";

    public static final String MAX_STEPS_CONFIG = "lstm.sequence.max.steps";
    private static final String MAX_STEPS_DOC = "Ends the sequence after this many events. 0: no limit.";

    public static final String OUTPUT_TOPIC_CONFIG = "lstm.output.topic";
    private static final String OUTPUT_TOPIC_DOC =
            "The topic of results, one per event. If it is not set, no results are written. The topic is created if"
                    + " it does not exist.";

    public static final String OUTPUT_FORMAT_CONFIG = "lstm.output.format";
    private static final String OUTPUT_FORMAT_DOC =
            "The format of a result: json, or float32 (the first head's output, four bytes big-endian per element).";

    public static final String OUTPUT_INCLUDE_CONFIG = "lstm.output.include";
    private static final String OUTPUT_INCLUDE_DOC =
            "What a result contains in addition to score and next events: probabilities (of every event), logits,"
                    + " output (each head's vector), state (h and c of each layer), gates (of each layer).";

    public static final String OUTPUT_TOP_K_CONFIG = "lstm.output.top.k";
    private static final String OUTPUT_TOP_K_DOC = "The number of likeliest next events in a result.";

    /** The default number of next events in a result, in the stream and in {@code replay}. */
    public static final int OUTPUT_TOP_K_DEFAULT = 3;

    public static final String VERDICT_TOPIC_CONFIG = "lstm.verdict.topic";
    private static final String VERDICT_TOPIC_DOC =
            "The topic of verdicts, one per ended sequence. If it is not set, no verdicts are written. The topic is"
                    + " created if it does not exist.";

    public static final String SEQUENCE_LATE_CONFIG = "lstm.sequence.late";
    private static final String SEQUENCE_LATE_DOC =
            "What happens to an event whose timestamp is earlier than the latest one of its sequence: process (in"
                    + " order of arrival), drop (left out and counted) or dead-letter. The end of a sequence is never late,"
                    + " unless it comes with an event that goes to the dead-letter topic.";

    public static final String SEQUENCE_REPEATED_CONFIG = "lstm.sequence.repeated";
    private static final String SEQUENCE_REPEATED_DOC =
            "The part of a record that holds a unique event id, by which a record that arrives twice is recognised:"
                    + " none, header:NAME or field:/pointer (json values only). A record with one of the last 32 ids of its"
                    + " sequence is left out and counted, also for 10 minutes after the end of the sequence.";

    public static final String STATE_UNREADABLE_CONFIG = "lstm.state.unreadable";
    private static final String STATE_UNREADABLE_DOC =
            "What happens if the stored state of a sequence is damaged or of a later version: restart (the record and"
                    + " the state's bytes go to the dead-letter topic, and the sequence restarts with its next record) or"
                    + " fail (stops the application and changes nothing).";

    public static final String STATE_NOT_FINITE_CONFIG = "lstm.state.not.finite";
    private static final String STATE_NOT_FINITE_DOC =
            "What happens if a step makes the state of its sequence NaN or infinite: dead-letter (the record goes to"
                    + " the dead-letter topic and the state stays unchanged), keep (the state is stored, and later results"
                    + " of the sequence state that their numbers are not finite) or fail (stops the application and changes"
                    + " nothing).";

    public static final String UNKNOWN_EVENT_CONFIG = "lstm.unknown.event";
    private static final String UNKNOWN_EVENT_DOC =
            "What happens to an event that is not in the model's vocabulary: dead-letter, skip (left out),"
                    + " unknown-symbol (processed as the vocabulary's unknown symbol) or fail (stops the application).";

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

    public static final String HTTP_PORT_CONFIG = "lstm.http.port";
    private static final String HTTP_PORT_DOC =
            "The port of the HTTP server, which serves the dashboard, queries about sequences, metrics and health:"
                    + " see dashboard.md and queries.md. application.server, if not set, is this server's address. 0: any"
                    + " free port. Not set: no server.";

    public static final String HTTP_HOST_CONFIG = "lstm.http.host";
    private static final String HTTP_HOST_DOC =
            "The address on which the HTTP server listens. An address that other machines can reach, such as 0.0.0.0,"
                    + " requires TLS and a user, or lstm.http.insecure.";

    public static final String HTTP_KEYSTORE_CONFIG = "lstm.http.tls.keystore.location";
    private static final String HTTP_KEYSTORE_DOC =
            "A PKCS12 file with the key and certificate of the HTTP server. If it is set, the server accepts TLS only.";

    public static final String HTTP_KEYSTORE_PASSWORD_CONFIG = "lstm.http.tls.keystore.password";
    private static final String HTTP_KEYSTORE_PASSWORD_DOC = "The password of lstm.http.tls.keystore.location.";

    public static final String HTTP_KEY_PASSWORD_CONFIG = "lstm.http.tls.key.password";
    private static final String HTTP_KEY_PASSWORD_DOC =
            "The password of the key in lstm.http.tls.keystore.location. Default: lstm.http.tls.keystore.password.";

    public static final String HTTP_USER_CONFIG = "lstm.http.user";
    private static final String HTTP_USER_DOC =
            "The user that must authenticate with lstm.http.password (basic authentication) for every request but"
                    + " those of health.";

    public static final String HTTP_PASSWORD_CONFIG = "lstm.http.password";
    private static final String HTTP_PASSWORD_DOC = "The password of lstm.http.user.";

    public static final String HTTP_INSECURE_CONFIG = "lstm.http.insecure";
    private static final String HTTP_INSECURE_DOC =
            "If true, the HTTP server may listen without TLS or without a user on an address that other machines can"
                    + " reach. Set it only if something else controls the access.";

    // Kafka Streams' own keys.
    private static final String SERVER_CONFIG = "application.server";
    private static final String APPLICATION_ID_CONFIG = "application.id";
    private static final String DEAD_LETTER_TOPIC_CONFIG = "errors.dead.letter.queue.topic.name";

    private static final ConfigDef DEFINITION = new ConfigDef()
            .define(MODEL_CONFIG, ConfigDef.Type.STRING, null, Importance.HIGH, MODEL_DOC)
            .define(MODEL_TOPIC_CONFIG, ConfigDef.Type.STRING, null, Importance.MEDIUM, MODEL_TOPIC_DOC)
            .define(
                    MODEL_NAME_CONFIG,
                    ConfigDef.Type.STRING,
                    MODEL_NAME_DEFAULT,
                    Validators.modelName(),
                    Importance.MEDIUM,
                    MODEL_NAME_DOC)
            .define(
                    MODEL_CHOICE_CONFIG,
                    ConfigDef.Type.STRING,
                    "none",
                    Validators.partOrNone(),
                    Importance.LOW,
                    MODEL_CHOICE_DOC)
            .define(
                    MODEL_CHANGE_CONFIG,
                    ConfigDef.Type.STRING,
                    Validators.name(ModelChange.FINISH_OLD),
                    Validators.oneOf(ModelChange.class),
                    Importance.MEDIUM,
                    MODEL_CHANGE_DOC)
            .define(MODEL_URIS_CONFIG, ConfigDef.Type.LIST, List.of("https:"), Importance.LOW, MODEL_URIS_DOC)
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
                    Validators.part(),
                    Importance.HIGH,
                    SEQUENCE_ID_DOC)
            .define(IDLE_TIMEOUT_CONFIG, ConfigDef.Type.LONG, 0L, Range.atLeast(0), Importance.MEDIUM, IDLE_TIMEOUT_DOC)
            .define(
                    IDLE_TIME_CONFIG,
                    ConfigDef.Type.STRING,
                    Validators.name(IdleTime.EVENT),
                    Validators.oneOf(IdleTime.class),
                    Importance.LOW,
                    IDLE_TIME_DOC)
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
                    SEQUENCE_REPEATED_CONFIG,
                    ConfigDef.Type.STRING,
                    "none",
                    Validators.partOrNone(),
                    Importance.MEDIUM,
                    SEQUENCE_REPEATED_DOC)
            .define(
                    STATE_UNREADABLE_CONFIG,
                    ConfigDef.Type.STRING,
                    Validators.name(UnreadableStates.RESTART),
                    Validators.oneOf(UnreadableStates.class),
                    Importance.LOW,
                    STATE_UNREADABLE_DOC)
            .define(
                    STATE_NOT_FINITE_CONFIG,
                    ConfigDef.Type.STRING,
                    Validators.name(NotFiniteStates.DEAD_LETTER),
                    Validators.oneOf(NotFiniteStates.class),
                    Importance.LOW,
                    STATE_NOT_FINITE_DOC)
            .define(
                    UNKNOWN_EVENT_CONFIG,
                    ConfigDef.Type.STRING,
                    Validators.name(UnknownEvents.DEAD_LETTER),
                    Validators.oneOf(UnknownEvents.class),
                    Importance.MEDIUM,
                    UNKNOWN_EVENT_DOC)
            .define(SHADOW_MODEL_CONFIG, ConfigDef.Type.STRING, null, Importance.LOW, SHADOW_MODEL_DOC)
            .define(SHADOW_OUTPUT_TOPIC_CONFIG, ConfigDef.Type.STRING, null, Importance.LOW, SHADOW_OUTPUT_TOPIC_DOC)
            .define(SHADOW_VERDICT_TOPIC_CONFIG, ConfigDef.Type.STRING, null, Importance.LOW, SHADOW_VERDICT_TOPIC_DOC)
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
                    STORE_MEMORY_BYTES_DOC)
            .define(
                    HTTP_PORT_CONFIG,
                    ConfigDef.Type.INT,
                    null,
                    Validators.portOrNone(),
                    Importance.MEDIUM,
                    HTTP_PORT_DOC)
            .define(
                    HTTP_HOST_CONFIG,
                    ConfigDef.Type.STRING,
                    "127.0.0.1",
                    Validators.notEmpty(),
                    Importance.MEDIUM,
                    HTTP_HOST_DOC)
            .define(HTTP_KEYSTORE_CONFIG, ConfigDef.Type.STRING, null, Importance.MEDIUM, HTTP_KEYSTORE_DOC)
            .define(
                    HTTP_KEYSTORE_PASSWORD_CONFIG,
                    ConfigDef.Type.PASSWORD,
                    null,
                    Importance.MEDIUM,
                    HTTP_KEYSTORE_PASSWORD_DOC)
            .define(HTTP_KEY_PASSWORD_CONFIG, ConfigDef.Type.PASSWORD, null, Importance.LOW, HTTP_KEY_PASSWORD_DOC)
            .define(HTTP_USER_CONFIG, ConfigDef.Type.STRING, null, Importance.MEDIUM, HTTP_USER_DOC)
            .define(HTTP_PASSWORD_CONFIG, ConfigDef.Type.PASSWORD, null, Importance.MEDIUM, HTTP_PASSWORD_DOC)
            .define(HTTP_INSECURE_CONFIG, ConfigDef.Type.BOOLEAN, false, Importance.LOW, HTTP_INSECURE_DOC);

    private final AbstractConfig ours;
    private final Map<String, Object> kafka;

    private LstmStreamsConfig(AbstractConfig ours, Map<String, Object> kafka) {
        this.ours = ours;
        this.kafka = kafka;
    }

    /**
     * Reads a configuration. Environment variables override properties, and references to other sources are resolved.
     *
     * @param properties the contents of the properties file
     * @param environment the process's environment; variables without {@value #ENVIRONMENT_PREFIX} are ignored
     * @throws ConfigException if a value is invalid or a key with {@value #PREFIX} is unknown; the message is one line that
     *     names the key
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

    /**
     * Returns this configuration with {@code application.server} set to an address, at which other instances reach
     * this one over HTTP. It is unchanged if {@code application.server} is set.
     */
    public LstmStreamsConfig reachedAt(String host, int port) {
        Map<String, Object> more = new HashMap<>(kafka);
        more.putIfAbsent(SERVER_CONFIG, host + ":" + port);
        return new LstmStreamsConfig(ours, Map.copyOf(more));
    }

    private void check() {
        checkField(SEQUENCE_ID_CONFIG, sequenceId());
        checkField(SEQUENCE_REPEATED_CONFIG, repeatedEvents());
        checkField(MODEL_CHOICE_CONFIG, modelChoice());
        if (model() == null && modelTopic() == null) {
            throw new ConfigException("Neither " + MODEL_CONFIG + " nor " + MODEL_TOPIC_CONFIG
                    + " is set: set one of them, to the model file or to the topic of published models.");
        }
        if (modelTopic() == null && (modelChoice() != null || shadowModelName() != null)) {
            throw new ConfigException((modelChoice() != null ? MODEL_CHOICE_CONFIG : SHADOW_MODEL_CONFIG + "=topic:")
                    + " requires " + MODEL_TOPIC_CONFIG + ": only models of that topic have names.");
        }
        if (shadowModel() != null && shadowOutputTopic() == null && shadowVerdictTopic() == null) {
            throw new ConfigException("Neither " + SHADOW_OUTPUT_TOPIC_CONFIG + " nor " + SHADOW_VERDICT_TOPIC_CONFIG
                    + " is set: set a topic for the output of " + SHADOW_MODEL_CONFIG + ".");
        }
        checkTogether(HTTP_KEYSTORE_CONFIG, httpKeystore(), HTTP_KEYSTORE_PASSWORD_CONFIG, httpKeystorePassword());
        checkTogether(HTTP_USER_CONFIG, httpUser(), HTTP_PASSWORD_CONFIG, httpPassword());
        if (outputTopic() == null && verdictTopic() == null) {
            throw new ConfigException("Neither " + OUTPUT_TOPIC_CONFIG + " nor " + VERDICT_TOPIC_CONFIG
                    + " is set: set the topic of results, the topic of verdicts, or both.");
        }
        checkTopics();
    }

    private void checkTopics() {
        boolean shadow = shadowModel() != null;
        new TopicRoles(applicationId())
                .add(INPUT_TOPIC_CONFIG, inputTopic())
                .add(OUTPUT_TOPIC_CONFIG, outputTopic())
                .add(VERDICT_TOPIC_CONFIG, verdictTopic())
                .add(SHADOW_OUTPUT_TOPIC_CONFIG, shadow ? shadowOutputTopic() : null)
                .add(SHADOW_VERDICT_TOPIC_CONFIG, shadow ? shadowVerdictTopic() : null)
                .add(MODEL_TOPIC_CONFIG, modelTopic())
                .add(DEAD_LETTER_TOPIC_CONFIG, deadLetterTopic());
    }

    private static void checkTogether(String key, String value, String other, String otherValue) {
        if ((value == null) != (otherValue == null)) {
            throw new ConfigException(
                    (value == null ? other : key) + " requires " + (value == null ? key : other) + " to be set too");
        }
    }

    private void checkField(String key, RecordPart part) {
        if (part != null && part.from() == RecordPart.From.FIELD && inputFormat() != InputFormat.JSON) {
            throw new ConfigException(key, ours.getString(key), "a field requires " + INPUT_FORMAT_CONFIG + "=json");
        }
    }

    /** Returns the declaration of every key with {@value #PREFIX}. */
    public static ConfigDef definition() {
        return new ConfigDef(DEFINITION);
    }

    /** Returns all keys of Kafka Streams and its clients. */
    public Map<String, Object> kafka() {
        return kafka;
    }

    private String applicationId() {
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

    /** Returns {@value #MODEL_CONFIG}, or null. */
    public String model() {
        return text(MODEL_CONFIG);
    }

    /** Returns {@value #MODEL_TOPIC_CONFIG}, or null. */
    public String modelTopic() {
        return text(MODEL_TOPIC_CONFIG);
    }

    /** Returns {@value #MODEL_NAME_CONFIG}. */
    public String modelName() {
        return ours.getString(MODEL_NAME_CONFIG);
    }

    /** Returns {@value #MODEL_CHOICE_CONFIG}, or null for none. */
    public RecordPart modelChoice() {
        return RecordPart.orNone(MODEL_CHOICE_CONFIG, ours.getString(MODEL_CHOICE_CONFIG));
    }

    /** Returns {@value #MODEL_CHANGE_CONFIG}. */
    public ModelChange modelChange() {
        return value(ModelChange.class, MODEL_CHANGE_CONFIG);
    }

    /** Returns {@value #MODEL_URIS_CONFIG}. */
    public List<String> modelUris() {
        return ours.getList(MODEL_URIS_CONFIG);
    }

    /** Returns {@value #SHADOW_MODEL_CONFIG} if it is a path or a URI, or null. */
    public String shadowModelFile() {
        return shadowModelName() == null ? shadowModel() : null;
    }

    /** Returns the name in {@value #SHADOW_MODEL_CONFIG} if it is {@code topic:NAME}, or null. */
    public String shadowModelName() {
        String model = shadowModel();
        return model != null && model.startsWith(SHADOW_BY_NAME) ? model.substring(SHADOW_BY_NAME.length()) : null;
    }

    /** Returns {@value #SHADOW_MODEL_CONFIG}, or null for no shadow. */
    public String shadowModel() {
        return text(SHADOW_MODEL_CONFIG);
    }

    /** Returns {@value #SHADOW_OUTPUT_TOPIC_CONFIG}, or null. */
    public String shadowOutputTopic() {
        return text(SHADOW_OUTPUT_TOPIC_CONFIG);
    }

    /** Returns {@value #SHADOW_VERDICT_TOPIC_CONFIG}, or null. */
    public String shadowVerdictTopic() {
        return text(SHADOW_VERDICT_TOPIC_CONFIG);
    }

    /** Returns {@value #INPUT_TOPIC_CONFIG}. */
    public String inputTopic() {
        return ours.getString(INPUT_TOPIC_CONFIG);
    }

    /** Returns {@value #INPUT_FORMAT_CONFIG}. */
    public InputFormat inputFormat() {
        return value(InputFormat.class, INPUT_FORMAT_CONFIG);
    }

    /** Returns {@value #INPUT_EVENT_CONFIG}. */
    public String inputEvent() {
        return ours.getString(INPUT_EVENT_CONFIG);
    }

    /** Returns {@value #SEQUENCE_ID_CONFIG}. */
    public RecordPart sequenceId() {
        return RecordPart.keyOrOther(SEQUENCE_ID_CONFIG, ours.getString(SEQUENCE_ID_CONFIG));
    }

    /** Returns {@value #SEQUENCE_REPEATED_CONFIG}, or null for none. */
    public RecordPart repeatedEvents() {
        return RecordPart.orNone(SEQUENCE_REPEATED_CONFIG, ours.getString(SEQUENCE_REPEATED_CONFIG));
    }

    /** Returns {@value #STATE_UNREADABLE_CONFIG}. */
    public UnreadableStates unreadableStates() {
        return value(UnreadableStates.class, STATE_UNREADABLE_CONFIG);
    }

    /** Returns {@value #STATE_NOT_FINITE_CONFIG}. */
    public NotFiniteStates notFiniteStates() {
        return value(NotFiniteStates.class, STATE_NOT_FINITE_CONFIG);
    }

    /** Returns {@value #IDLE_TIMEOUT_CONFIG}; 0 for never. */
    public long idleTimeoutMs() {
        return ours.getLong(IDLE_TIMEOUT_CONFIG);
    }

    /** Returns {@value #IDLE_TIME_CONFIG}. */
    public IdleTime idleTime() {
        return value(IdleTime.class, IDLE_TIME_CONFIG);
    }

    /** Returns {@value #MAX_STEPS_CONFIG}; 0 for no limit. */
    public long maxSteps() {
        return ours.getLong(MAX_STEPS_CONFIG);
    }

    /** Returns {@value #OUTPUT_TOPIC_CONFIG}, or null. */
    public String outputTopic() {
        return text(OUTPUT_TOPIC_CONFIG);
    }

    /** Returns {@value #OUTPUT_FORMAT_CONFIG}. */
    public OutputFormat outputFormat() {
        return value(OutputFormat.class, OUTPUT_FORMAT_CONFIG);
    }

    /** Returns {@value #OUTPUT_INCLUDE_CONFIG}. */
    public List<String> outputInclude() {
        return ours.getList(OUTPUT_INCLUDE_CONFIG);
    }

    /** Returns {@value #OUTPUT_TOP_K_CONFIG}. */
    public int outputTopK() {
        return ours.getInt(OUTPUT_TOP_K_CONFIG);
    }

    /** Returns {@value #VERDICT_TOPIC_CONFIG}, or null. */
    public String verdictTopic() {
        return text(VERDICT_TOPIC_CONFIG);
    }

    /** Returns {@value #SEQUENCE_LATE_CONFIG}. */
    public LateEvents lateEvents() {
        return value(LateEvents.class, SEQUENCE_LATE_CONFIG);
    }

    /** Returns {@value #UNKNOWN_EVENT_CONFIG}. */
    public UnknownEvents unknownEvents() {
        return value(UnknownEvents.class, UNKNOWN_EVENT_CONFIG);
    }

    /** Returns {@value #KERNEL_CONFIG}. */
    public String kernel() {
        return ours.getString(KERNEL_CONFIG);
    }

    /** Returns {@value #KERNEL_WEIGHTS_CONFIG}. */
    public String kernelWeights() {
        return ours.getString(KERNEL_WEIGHTS_CONFIG);
    }

    /** Returns {@value #STORE_MEMORY_BYTES_CONFIG}. */
    public long storeMemoryBytes() {
        return ours.getLong(STORE_MEMORY_BYTES_CONFIG);
    }

    /** Returns {@value #BATCH_SIZE_CONFIG}. */
    public int batchSize() {
        return ours.getInt(BATCH_SIZE_CONFIG);
    }

    /** Returns {@value #HTTP_PORT_CONFIG}, or null for no server. */
    public Integer httpPort() {
        return ours.getInt(HTTP_PORT_CONFIG);
    }

    /** Returns {@value #HTTP_HOST_CONFIG}. */
    public String httpHost() {
        return ours.getString(HTTP_HOST_CONFIG);
    }

    /** Returns {@value #HTTP_KEYSTORE_CONFIG}, or null for plain HTTP. */
    public String httpKeystore() {
        return text(HTTP_KEYSTORE_CONFIG);
    }

    /** Returns {@value #HTTP_KEYSTORE_PASSWORD_CONFIG}, or null. */
    public String httpKeystorePassword() {
        return secret(HTTP_KEYSTORE_PASSWORD_CONFIG);
    }

    /** Returns {@value #HTTP_KEY_PASSWORD_CONFIG}, by default the password of the key store, or null. */
    public String httpKeyPassword() {
        String own = secret(HTTP_KEY_PASSWORD_CONFIG);
        return own == null ? httpKeystorePassword() : own;
    }

    /** Returns {@value #HTTP_USER_CONFIG}, or null for none. */
    public String httpUser() {
        return text(HTTP_USER_CONFIG);
    }

    /** Returns {@value #HTTP_PASSWORD_CONFIG}, or null. */
    public String httpPassword() {
        return secret(HTTP_PASSWORD_CONFIG);
    }

    /** Returns {@value #HTTP_INSECURE_CONFIG}. */
    public boolean httpInsecure() {
        return ours.getBoolean(HTTP_INSECURE_CONFIG);
    }

    private String secret(String key) {
        Password password = ours.getPassword(key);
        return password == null || password.value().isEmpty() ? null : password.value();
    }

    private String text(String key) {
        String text = ours.getString(key);
        return text == null || text.isBlank() ? null : text;
    }

    private <E extends Enum<E>> E value(Class<E> type, String key) {
        return Enum.valueOf(type, ours.getString(key).toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
