package io.lstmstreams.config;

import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/** The keys {@code lstm.model*} and {@code lstm.shadow*}, and their values in a configuration. Immutable. */
public final class ModelConfig {
    private static final String BY_NAME = "topic:";

    public static final String MODEL_CONFIG = "lstm.model";
    private static final String MODEL_DOC =
            "The model file: a path, or a URI (file:, http:, https:). `lstm-streams import` creates one. If"
                    + " lstm.model.topic is set, this model runs until that topic names a model, and may be left out.";

    public static final String TOPIC_CONFIG = "lstm.model.topic";
    private static final String TOPIC_DOC =
            "A compacted topic with one partition that names the active model. Every instance reads it while it runs;"
                    + " `lstm-streams model publish` writes it. Results then name their model. The topic is created if it"
                    + " does not exist.";

    public static final String NAME_CONFIG = "lstm.model.name";

    /** The default name of the model for events that choose no model. */
    public static final String NAME_DEFAULT = "default";

    private static final String NAME_DOC =
            "The name in lstm.model.topic whose active model processes the events that choose no model.";

    public static final String CHOICE_CONFIG = "lstm.model.choice";
    private static final String CHOICE_DOC =
            "The part of a record that names the model of lstm.model.topic for its sequence: none, header:NAME or"
                    + " field:/pointer (json values only). A sequence has one name from its first event to its end.";

    public static final String CHANGE_CONFIG = "lstm.model.change";
    private static final String CHANGE_DOC =
            "What happens to live sequences when another model becomes active: finish-old (they stay with their model"
                    + " to the end), restart (they restart with their next event) or carry (the new model continues with"
                    + " their state if it has the same shape; otherwise they restart). A sequence also restarts if its old"
                    + " model is not available.";

    public static final String URIS_CONFIG = "lstm.model.topic.uris";
    private static final String URIS_DOC =
            "The prefixes that a URI in lstm.model.topic may have; any other URI is refused. Whoever can write to the"
                    + " topic can make each instance read any URI with such a prefix.";

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

    private final Values values;

    ModelConfig(Values values) {
        this.values = values;
    }

    /** Declares the keys of this group. */
    static void define(ConfigDef definition) {
        definition
                .define(MODEL_CONFIG, Type.STRING, null, Importance.HIGH, MODEL_DOC)
                .define(TOPIC_CONFIG, Type.STRING, null, Importance.MEDIUM, TOPIC_DOC)
                .define(NAME_CONFIG, Type.STRING, NAME_DEFAULT, Validators.modelName(), Importance.MEDIUM, NAME_DOC)
                .define(CHOICE_CONFIG, Type.STRING, "none", Validators.partOrNone(), Importance.LOW, CHOICE_DOC)
                .define(
                        CHANGE_CONFIG,
                        Type.STRING,
                        Validators.name(ModelChange.FINISH_OLD),
                        Validators.oneOf(ModelChange.class),
                        Importance.MEDIUM,
                        CHANGE_DOC)
                .define(URIS_CONFIG, Type.LIST, List.of("https:"), Importance.LOW, URIS_DOC)
                .define(SHADOW_MODEL_CONFIG, Type.STRING, null, Importance.LOW, SHADOW_MODEL_DOC)
                .define(SHADOW_OUTPUT_TOPIC_CONFIG, Type.STRING, null, Importance.LOW, SHADOW_OUTPUT_TOPIC_DOC)
                .define(SHADOW_VERDICT_TOPIC_CONFIG, Type.STRING, null, Importance.LOW, SHADOW_VERDICT_TOPIC_DOC);
    }

    void check() {
        if (file() == null && topic() == null) {
            throw new ConfigException("Neither " + MODEL_CONFIG + " nor " + TOPIC_CONFIG
                    + " is set: set one of them, to the model file or to the topic of published models.");
        }
        if (topic() == null && (choice() != null || shadowName() != null)) {
            throw new ConfigException((choice() != null ? CHOICE_CONFIG : SHADOW_MODEL_CONFIG + "=" + BY_NAME)
                    + " requires " + TOPIC_CONFIG + ": only models of that topic have names.");
        }
        if (shadow() != null && shadowOutputTopic() == null && shadowVerdictTopic() == null) {
            throw new ConfigException("Neither " + SHADOW_OUTPUT_TOPIC_CONFIG + " nor " + SHADOW_VERDICT_TOPIC_CONFIG
                    + " is set: set a topic for the output of " + SHADOW_MODEL_CONFIG + ".");
        }
    }

    /** Returns {@value #MODEL_CONFIG}, a path or a URI. */
    public @Nullable String file() {
        return values.text(MODEL_CONFIG);
    }

    /** Returns {@value #TOPIC_CONFIG}. */
    public @Nullable String topic() {
        return values.text(TOPIC_CONFIG);
    }

    /** Returns {@value #NAME_CONFIG}. */
    public String name() {
        return values.getString(NAME_CONFIG);
    }

    /** Returns {@value #CHOICE_CONFIG}; null for {@code none}. */
    public @Nullable RecordPart choice() {
        return values.partOrNone(CHOICE_CONFIG);
    }

    /** Returns {@value #CHANGE_CONFIG}. */
    public ModelChange change() {
        return values.constant(ModelChange.class, CHANGE_CONFIG);
    }

    /** Returns {@value #URIS_CONFIG}. */
    public List<String> uris() {
        return values.getList(URIS_CONFIG);
    }

    /** Returns {@value #SHADOW_MODEL_CONFIG}; null if there is no shadow model. */
    public @Nullable String shadow() {
        return values.text(SHADOW_MODEL_CONFIG);
    }

    /** Returns {@value #SHADOW_MODEL_CONFIG} if it is a path or a URI. */
    public @Nullable String shadowFile() {
        return shadowName() == null ? shadow() : null;
    }

    /** Returns the name in {@value #SHADOW_MODEL_CONFIG} if it is {@code topic:NAME}. */
    public @Nullable String shadowName() {
        String model = shadow();
        return model != null && model.startsWith(BY_NAME) ? model.substring(BY_NAME.length()) : null;
    }

    /** Returns {@value #SHADOW_OUTPUT_TOPIC_CONFIG}; null if there is no shadow model. */
    public @Nullable String shadowOutputTopic() {
        return shadow() == null ? null : values.text(SHADOW_OUTPUT_TOPIC_CONFIG);
    }

    /** Returns {@value #SHADOW_VERDICT_TOPIC_CONFIG}; null if there is no shadow model. */
    public @Nullable String shadowVerdictTopic() {
        return shadow() == null ? null : values.text(SHADOW_VERDICT_TOPIC_CONFIG);
    }
}
