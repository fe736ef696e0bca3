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
            "The model file: a path, or a URI (file:, http:, https:). `lstm-streams import` makes one. With lstm.model.topic, what"
                    + " runs until that topic names a model; may be left out then.";

    public static final String MODEL_TOPIC_CONFIG = "lstm.model.topic";
    private static final String MODEL_TOPIC_DOC =
            "A compacted topic of one partition from which every instance learns which model is the active one, while it runs."
                    + " `lstm-streams model publish` writes it. Results then name the model that made them. Made if it does"
                    + " not exist.";

    public static final String MODEL_NAME_CONFIG = "lstm.model.name";

    /** The name of the model for events that choose none, unless told otherwise. */
    public static final String MODEL_NAME_DEFAULT = "default";

    private static final String MODEL_NAME_DOC =
            "The name in lstm.model.topic whose active model steps the events that choose none.";

    public static final String MODEL_CHOICE_CONFIG = "lstm.model.choice";
    private static final String MODEL_CHOICE_DOC =
            "Where a record may say by name which model of lstm.model.topic its sequence runs on: none, header:NAME or"
                    + " field:/pointer (json values only). A sequence has one name from its first event to its end.";

    public static final String MODEL_CHANGE_CONFIG = "lstm.model.change";
    private static final String MODEL_CHANGE_DOC =
            "What becomes of live sequences when another model takes over: finish-old (they stay with theirs to the end),"
                    + " restart (they begin anew with their next event) or carry (the new model goes on with their state, where"
                    + " it has the same shape; else restart). A sequence whose old model is to be had nowhere begins anew.";

    public static final String MODEL_URIS_CONFIG = "lstm.model.topic.uris";
    private static final String MODEL_URIS_DOC =
            "What a URI in lstm.model.topic may begin with; any other one is refused. The topic's writers can make each"
                    + " instance read what begins so.";

    private static final String SHADOW_BY_NAME = "topic:";

    public static final String SHADOW_MODEL_CONFIG = "lstm.shadow.model";
    private static final String SHADOW_MODEL_DOC =
            "A second model that steps the same events with states of its own, and whose results go to topics of their own: a"
                    + " path, a URI, or topic:NAME for the active model of that name in lstm.model.topic.";

    public static final String SHADOW_OUTPUT_TOPIC_CONFIG = "lstm.shadow.output.topic";
    private static final String SHADOW_OUTPUT_TOPIC_DOC =
            "The topic of the shadow model's results. Without it none are written. Made if it does not exist.";

    public static final String SHADOW_VERDICT_TOPIC_CONFIG = "lstm.shadow.verdict.topic";
    private static final String SHADOW_VERDICT_TOPIC_DOC =
            "The topic of the shadow model's verdicts. Without it none are written. Made if it does not exist.";

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
            "A sequence without an event for so long, in the time of lstm.sequence.idle.time, has ended. 0: never.";

    public static final String IDLE_TIME_CONFIG = "lstm.sequence.idle.time";
    private static final String IDLE_TIME_DOC =
            "What lstm.sequence.idle.timeout.ms is measured in: event (the time of the records' timestamps in the same"
                    + " partition, which goes on with the clock while none come) or wall-clock (how long ago the sequence's last"
                    + " event was stepped, whatever its timestamp).";

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

    public static final String SEQUENCE_REPEATED_CONFIG = "lstm.sequence.repeated";
    private static final String SEQUENCE_REPEATED_DOC =
            "Where a record has an id of its own by which one that comes twice is recognised: none, header:NAME or"
                    + " field:/pointer (json values only). One with the id of any of the last 32 of its sequence is left out and"
                    + " counted, also for 10 minutes after the sequence has ended.";

    public static final String STATE_UNREADABLE_CONFIG = "lstm.state.unreadable";
    private static final String STATE_UNREADABLE_DOC =
            "What happens where the stored state of a sequence is damaged or of a later version: restart (the record and the"
                    + " state's bytes go to the dead letters, and the sequence begins anew with its next record) or fail (stops"
                    + " the application, with everything as it is).";

    public static final String STATE_NOT_FINITE_CONFIG = "lstm.state.not.finite";
    private static final String STATE_NOT_FINITE_DOC =
            "What happens where a step makes the state of its sequence NaN or infinite: dead-letter (the record goes to the dead"
                    + " letters and the state stays as it was), keep (the state is stored as it is, and later results of the"
                    + " sequence say that their numbers are not finite) or fail (stops the application, with everything as it"
                    + " is).";

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

    public static final String HTTP_PORT_CONFIG = "lstm.http.port";
    private static final String HTTP_PORT_DOC =
            "The port of the HTTP server, which has the dashboard, answers questions about sequences and tells of health: see"
                    + " dashboard.md and queries.md. Unless application.server is set, it is this server's address. 0: any port that"
                    + " is free. Not set: there is no server.";

    public static final String HTTP_HOST_CONFIG = "lstm.http.host";
    private static final String HTTP_HOST_DOC =
            "The address that the HTTP server listens at. One that other machines reach, such as 0.0.0.0, needs TLS and a user,"
                    + " or lstm.http.insecure.";

    public static final String HTTP_KEYSTORE_CONFIG = "lstm.http.tls.keystore.location";
    private static final String HTTP_KEYSTORE_DOC =
            "A PKCS12 file with the key and certificate of the HTTP server, which then speaks TLS only.";

    public static final String HTTP_KEYSTORE_PASSWORD_CONFIG = "lstm.http.tls.keystore.password";
    private static final String HTTP_KEYSTORE_PASSWORD_DOC = "The password of lstm.http.tls.keystore.location.";

    public static final String HTTP_KEY_PASSWORD_CONFIG = "lstm.http.tls.key.password";
    private static final String HTTP_KEY_PASSWORD_DOC =
            "The password of the key in it, where that is not lstm.http.tls.keystore.password.";

    public static final String HTTP_USER_CONFIG = "lstm.http.user";
    private static final String HTTP_USER_DOC =
            "The name that the HTTP server wants to be told, with lstm.http.password, before it answers anything but health"
                    + " (basic authentication).";

    public static final String HTTP_PASSWORD_CONFIG = "lstm.http.password";
    private static final String HTTP_PASSWORD_DOC = "The password of lstm.http.user.";

    public static final String HTTP_INSECURE_CONFIG = "lstm.http.insecure";
    private static final String HTTP_INSECURE_DOC =
            "Whether the HTTP server may listen without TLS or without a user where other machines reach it, because"
                    + " something else keeps strangers away.";

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

    /**
     * The same for an instance of which others shall know where it is reached over HTTP, unless {@code application.server} says so
     * already.
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
                    + " is set: name the model file, or the topic that models are published to.");
        }
        if (modelTopic() == null && (modelChoice() != null || shadowModelName() != null)) {
            throw new ConfigException((modelChoice() != null ? MODEL_CHOICE_CONFIG : SHADOW_MODEL_CONFIG + "=topic:")
                    + " needs " + MODEL_TOPIC_CONFIG + ": only there models have names.");
        }
        if (shadowModel() != null && shadowOutputTopic() == null && shadowVerdictTopic() == null) {
            throw new ConfigException("Neither " + SHADOW_OUTPUT_TOPIC_CONFIG + " nor " + SHADOW_VERDICT_TOPIC_CONFIG
                    + " is set: name a topic for what " + SHADOW_MODEL_CONFIG + " has to say.");
        }
        checkTogether(HTTP_KEYSTORE_CONFIG, httpKeystore(), HTTP_KEYSTORE_PASSWORD_CONFIG, httpKeystorePassword());
        checkTogether(HTTP_USER_CONFIG, httpUser(), HTTP_PASSWORD_CONFIG, httpPassword());
        if (outputTopic() == null && verdictTopic() == null) {
            throw new ConfigException("Neither " + OUTPUT_TOPIC_CONFIG + " nor " + VERDICT_TOPIC_CONFIG
                    + " is set: name the topic of results, of verdicts, or both.");
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
                    (value == null ? other : key) + " needs " + (value == null ? key : other) + " to be set too");
        }
    }

    private void checkField(String key, RecordPart part) {
        if (part != null && part.from() == RecordPart.From.FIELD && inputFormat() != InputFormat.JSON) {
            throw new ConfigException(key, ours.getString(key), "a field needs " + INPUT_FORMAT_CONFIG + "=json");
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

    private String applicationId() {
        return kafka.getOrDefault(APPLICATION_ID_CONFIG, "").toString();
    }

    /** The topic of dead letters, {@code <application.id>-dead-letters} unless {@value #DEAD_LETTER_TOPIC_CONFIG} is set; may be empty. */
    public String deadLetterTopic() {
        return kafka.getOrDefault(DEAD_LETTER_TOPIC_CONFIG, applicationId() + "-dead-letters")
                .toString();
    }

    /** {@value #MODEL_CONFIG}, or null. */
    public String model() {
        return text(MODEL_CONFIG);
    }

    /** {@value #MODEL_TOPIC_CONFIG}, or null. */
    public String modelTopic() {
        return text(MODEL_TOPIC_CONFIG);
    }

    /** {@value #MODEL_NAME_CONFIG}. */
    public String modelName() {
        return ours.getString(MODEL_NAME_CONFIG);
    }

    /** {@value #MODEL_CHOICE_CONFIG}, or null for none. */
    public RecordPart modelChoice() {
        return RecordPart.orNone(MODEL_CHOICE_CONFIG, ours.getString(MODEL_CHOICE_CONFIG));
    }

    /** {@value #MODEL_CHANGE_CONFIG}. */
    public ModelChange modelChange() {
        return value(ModelChange.class, MODEL_CHANGE_CONFIG);
    }

    /** {@value #MODEL_URIS_CONFIG}. */
    public List<String> modelUris() {
        return ours.getList(MODEL_URIS_CONFIG);
    }

    /** {@value #SHADOW_MODEL_CONFIG} where that is a path or a URI, or null. */
    public String shadowModelFile() {
        return shadowModelName() == null ? shadowModel() : null;
    }

    /** The name in {@value #SHADOW_MODEL_CONFIG} where that is {@code topic:NAME}, or null. */
    public String shadowModelName() {
        String model = shadowModel();
        return model != null && model.startsWith(SHADOW_BY_NAME) ? model.substring(SHADOW_BY_NAME.length()) : null;
    }

    /** {@value #SHADOW_MODEL_CONFIG}, or null for no shadow. */
    public String shadowModel() {
        return text(SHADOW_MODEL_CONFIG);
    }

    /** {@value #SHADOW_OUTPUT_TOPIC_CONFIG}, or null. */
    public String shadowOutputTopic() {
        return text(SHADOW_OUTPUT_TOPIC_CONFIG);
    }

    /** {@value #SHADOW_VERDICT_TOPIC_CONFIG}, or null. */
    public String shadowVerdictTopic() {
        return text(SHADOW_VERDICT_TOPIC_CONFIG);
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
    public RecordPart sequenceId() {
        return RecordPart.keyOrOther(SEQUENCE_ID_CONFIG, ours.getString(SEQUENCE_ID_CONFIG));
    }

    /** {@value #SEQUENCE_REPEATED_CONFIG}, or null for none. */
    public RecordPart repeatedEvents() {
        return RecordPart.orNone(SEQUENCE_REPEATED_CONFIG, ours.getString(SEQUENCE_REPEATED_CONFIG));
    }

    /** {@value #STATE_UNREADABLE_CONFIG}. */
    public UnreadableStates unreadableStates() {
        return value(UnreadableStates.class, STATE_UNREADABLE_CONFIG);
    }

    /** {@value #STATE_NOT_FINITE_CONFIG}. */
    public NotFiniteStates notFiniteStates() {
        return value(NotFiniteStates.class, STATE_NOT_FINITE_CONFIG);
    }

    /** {@value #IDLE_TIMEOUT_CONFIG}; 0 for never. */
    public long idleTimeoutMs() {
        return ours.getLong(IDLE_TIMEOUT_CONFIG);
    }

    /** {@value #IDLE_TIME_CONFIG}. */
    public IdleTime idleTime() {
        return value(IdleTime.class, IDLE_TIME_CONFIG);
    }

    /** {@value #MAX_STEPS_CONFIG}; 0 for no limit. */
    public long maxSteps() {
        return ours.getLong(MAX_STEPS_CONFIG);
    }

    /** {@value #OUTPUT_TOPIC_CONFIG}, or null. */
    public String outputTopic() {
        return text(OUTPUT_TOPIC_CONFIG);
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
        return text(VERDICT_TOPIC_CONFIG);
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

    /** {@value #HTTP_PORT_CONFIG}, or null for no server. */
    public Integer httpPort() {
        return ours.getInt(HTTP_PORT_CONFIG);
    }

    /** {@value #HTTP_HOST_CONFIG}. */
    public String httpHost() {
        return ours.getString(HTTP_HOST_CONFIG);
    }

    /** {@value #HTTP_KEYSTORE_CONFIG}, or null for plain HTTP. */
    public String httpKeystore() {
        return text(HTTP_KEYSTORE_CONFIG);
    }

    /** {@value #HTTP_KEYSTORE_PASSWORD_CONFIG}, or null. */
    public String httpKeystorePassword() {
        return secret(HTTP_KEYSTORE_PASSWORD_CONFIG);
    }

    /** {@value #HTTP_KEY_PASSWORD_CONFIG}, which is that of the file unless set; or null. */
    public String httpKeyPassword() {
        String own = secret(HTTP_KEY_PASSWORD_CONFIG);
        return own == null ? httpKeystorePassword() : own;
    }

    /** {@value #HTTP_USER_CONFIG}, or null for none. */
    public String httpUser() {
        return text(HTTP_USER_CONFIG);
    }

    /** {@value #HTTP_PASSWORD_CONFIG}, or null. */
    public String httpPassword() {
        return secret(HTTP_PASSWORD_CONFIG);
    }

    /** {@value #HTTP_INSECURE_CONFIG}. */
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
