package io.lstmstreams.config;

import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.jspecify.annotations.Nullable;

/** The keys {@code lstm.sequence.*} and {@code lstm.state.*}, and their values in a configuration. Immutable. */
public final class SequenceConfig {
    public static final String ID_CONFIG = "lstm.sequence.id";
    private static final String ID_DOC =
            "The part of a record that names its sequence: key, header:NAME or field:/pointer (json values only)."
                    + " With any value but key, the records pass through a repartition topic.";

    public static final String LATE_CONFIG = "lstm.sequence.late";
    private static final String LATE_DOC =
            "What happens to an event whose timestamp is earlier than the latest one of its sequence: process (in"
                    + " order of arrival), drop (left out and counted) or dead-letter. The end of a sequence is never late,"
                    + " unless it comes with an event that goes to the dead-letter topic.";

    public static final String REPEATED_CONFIG = "lstm.sequence.repeated";
    private static final String REPEATED_DOC =
            "The part of a record that holds a unique event id, by which a record that arrives twice is recognised:"
                    + " none, header:NAME or field:/pointer (json values only). A record with one of the last 32 ids of its"
                    + " sequence is left out and counted, also for 10 minutes after the end of the sequence.";

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

    private final Values values;

    SequenceConfig(Values values) {
        this.values = values;
    }

    /** Declares the keys of this group. */
    static void define(ConfigDef definition) {
        definition
                .define(ID_CONFIG, Type.STRING, "key", Validators.part(), Importance.HIGH, ID_DOC)
                .define(
                        LATE_CONFIG,
                        Type.STRING,
                        Validators.name(LateEvents.PROCESS),
                        Validators.oneOf(LateEvents.class),
                        Importance.MEDIUM,
                        LATE_DOC)
                .define(REPEATED_CONFIG, Type.STRING, "none", Validators.partOrNone(), Importance.MEDIUM, REPEATED_DOC)
                .define(IDLE_TIMEOUT_CONFIG, Type.LONG, 0L, Range.atLeast(0), Importance.MEDIUM, IDLE_TIMEOUT_DOC)
                .define(
                        IDLE_TIME_CONFIG,
                        Type.STRING,
                        Validators.name(IdleTime.EVENT),
                        Validators.oneOf(IdleTime.class),
                        Importance.LOW,
                        IDLE_TIME_DOC)
                .define(MAX_STEPS_CONFIG, Type.LONG, 0L, Range.atLeast(0), Importance.LOW, MAX_STEPS_DOC)
                .define(
                        STATE_UNREADABLE_CONFIG,
                        Type.STRING,
                        Validators.name(UnreadableStates.RESTART),
                        Validators.oneOf(UnreadableStates.class),
                        Importance.LOW,
                        STATE_UNREADABLE_DOC)
                .define(
                        STATE_NOT_FINITE_CONFIG,
                        Type.STRING,
                        Validators.name(NotFiniteStates.DEAD_LETTER),
                        Validators.oneOf(NotFiniteStates.class),
                        Importance.LOW,
                        STATE_NOT_FINITE_DOC);
    }

    /** Returns {@value #ID_CONFIG}. */
    public RecordPart id() {
        return values.keyOrOther(ID_CONFIG);
    }

    /** Returns {@value #LATE_CONFIG}. */
    public LateEvents late() {
        return values.constant(LateEvents.class, LATE_CONFIG);
    }

    /** Returns {@value #REPEATED_CONFIG}; null for {@code none}. */
    public @Nullable RecordPart repeated() {
        return values.partOrNone(REPEATED_CONFIG);
    }

    /** Returns {@value #IDLE_TIMEOUT_CONFIG}; 0 if sequences never expire. */
    public long idleTimeoutMs() {
        return values.getLong(IDLE_TIMEOUT_CONFIG);
    }

    /** Returns {@value #IDLE_TIME_CONFIG}. */
    public IdleTime idleTime() {
        return values.constant(IdleTime.class, IDLE_TIME_CONFIG);
    }

    /** Returns {@value #MAX_STEPS_CONFIG}; 0 if there is no limit. */
    public long maxSteps() {
        return values.getLong(MAX_STEPS_CONFIG);
    }

    /** Returns {@value #STATE_UNREADABLE_CONFIG}. */
    public UnreadableStates unreadableStates() {
        return values.constant(UnreadableStates.class, STATE_UNREADABLE_CONFIG);
    }

    /** Returns {@value #STATE_NOT_FINITE_CONFIG}. */
    public NotFiniteStates notFiniteStates() {
        return values.constant(NotFiniteStates.class, STATE_NOT_FINITE_CONFIG);
    }
}
