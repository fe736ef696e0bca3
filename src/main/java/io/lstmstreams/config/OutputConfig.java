package io.lstmstreams.config;

import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/** The keys {@code lstm.output.*} and {@code lstm.verdict.topic}, and their values in a configuration. Immutable. */
public final class OutputConfig {
    public static final String TOPIC_CONFIG = "lstm.output.topic";
    private static final String TOPIC_DOC =
            "The topic of results, one per event. If it is not set, no results are written. The topic is created if"
                    + " it does not exist.";

    public static final String FORMAT_CONFIG = "lstm.output.format";
    private static final String FORMAT_DOC =
            "The format of a result: json, or float32 (the first head's output, four bytes big-endian per element).";

    public static final String INCLUDE_CONFIG = "lstm.output.include";
    private static final String INCLUDE_DOC =
            "What a result contains in addition to score and next events: probabilities (of every event), logits,"
                    + " output (each head's vector), state (h and c of each layer), gates (of each layer).";

    public static final String TOP_K_CONFIG = "lstm.output.top.k";
    private static final String TOP_K_DOC = "The number of likeliest next events in a result.";

    public static final String VERDICT_TOPIC_CONFIG = "lstm.verdict.topic";
    private static final String VERDICT_TOPIC_DOC =
            "The topic of verdicts, one per ended sequence. If it is not set, no verdicts are written. The topic is"
                    + " created if it does not exist.";

    /** The default number of next events in a result, in the stream and in {@code replay}. */
    public static final int TOP_K_DEFAULT = 3;

    private final Values values;

    OutputConfig(Values values) {
        this.values = values;
    }

    /** Declares the keys of this group. */
    static void define(ConfigDef definition) {
        definition
                .define(TOPIC_CONFIG, Type.STRING, null, Importance.HIGH, TOPIC_DOC)
                .define(
                        FORMAT_CONFIG,
                        Type.STRING,
                        Validators.name(OutputFormat.JSON),
                        Validators.oneOf(OutputFormat.class),
                        Importance.MEDIUM,
                        FORMAT_DOC)
                .define(
                        INCLUDE_CONFIG,
                        Type.LIST,
                        List.of(),
                        Validators.anyOf("probabilities", "logits", "output", "state", "gates"),
                        Importance.MEDIUM,
                        INCLUDE_DOC)
                .define(TOP_K_CONFIG, Type.INT, TOP_K_DEFAULT, Range.atLeast(0), Importance.MEDIUM, TOP_K_DOC)
                .define(VERDICT_TOPIC_CONFIG, Type.STRING, null, Importance.HIGH, VERDICT_TOPIC_DOC);
    }

    void check() {
        if (topic() == null && verdictTopic() == null) {
            throw new ConfigException("Neither " + TOPIC_CONFIG + " nor " + VERDICT_TOPIC_CONFIG
                    + " is set: set the topic of results, the topic of verdicts, or both.");
        }
    }

    /** Returns {@value #TOPIC_CONFIG}. */
    public @Nullable String topic() {
        return values.text(TOPIC_CONFIG);
    }

    /** Returns {@value #FORMAT_CONFIG}. */
    public OutputFormat format() {
        return values.constant(OutputFormat.class, FORMAT_CONFIG);
    }

    /** Returns {@value #INCLUDE_CONFIG}. */
    public List<String> include() {
        return values.getList(INCLUDE_CONFIG);
    }

    /** Returns {@value #TOP_K_CONFIG}. */
    public int topK() {
        return values.getInt(TOP_K_CONFIG);
    }

    /** Returns {@value #VERDICT_TOPIC_CONFIG}. */
    public @Nullable String verdictTopic() {
        return values.text(VERDICT_TOPIC_CONFIG);
    }
}
