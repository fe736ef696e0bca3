package io.lstmstreams.topology;

import io.lstmstreams.config.IdleTime;
import io.lstmstreams.config.LateEvents;
import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.config.ModelChange;
import io.lstmstreams.config.ModelConfig;
import io.lstmstreams.config.NotFiniteStates;
import io.lstmstreams.config.OutputConfig;
import io.lstmstreams.config.OutputFormat;
import io.lstmstreams.config.RecordPart;
import io.lstmstreams.config.SequenceConfig;
import io.lstmstreams.config.UnknownEvents;
import io.lstmstreams.config.UnreadableStates;
import io.lstmstreams.output.Include;
import io.lstmstreams.recurrent.SequenceState;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/**
 * The options of a step: the contents of its results, the policy for events and states that are not as expected, and
 * the ends of sequences. Immutable: a method with parameters returns a copy with another value.
 *
 * <pre>{@code
 * StepOptions options = StepOptions.DEFAULTS.storeName("orders").results(1, Set.of()).ends(Duration.ofHours(1), 0);
 * }</pre>
 */
@API(status = API.Status.STABLE)
public final class StepOptions {
    /** The defaults of the application. */
    public static final StepOptions DEFAULTS = new StepOptions();

    // Assigned before a copy is returned, and never again.
    private String storeName = LstmTopology.STORE;
    private int topK = OutputConfig.TOP_K_DEFAULT;
    private Set<Include> include = Set.of();
    private UnknownEvents unknownEvents = UnknownEvents.DEAD_LETTER;
    private LateEvents lateEvents = LateEvents.PROCESS;
    private UnreadableStates unreadableStates = UnreadableStates.RESTART;
    private NotFiniteStates notFiniteStates = NotFiniteStates.DEAD_LETTER;
    private @Nullable RecordPart eventId;
    private boolean publishesModels;
    private String modelName = ModelConfig.NAME_DEFAULT;
    private @Nullable RecordPart modelChoice;
    private ModelChange modelChange = ModelChange.FINISH_OLD;
    private Duration idleTimeout = Duration.ZERO;
    private IdleTime idleTime = IdleTime.EVENT;
    private long maxSteps;
    private int batchSize = 1;

    private StepOptions() {}

    private StepOptions(StepOptions other) {
        this.storeName = other.storeName;
        this.topK = other.topK;
        this.include = other.include;
        this.unknownEvents = other.unknownEvents;
        this.lateEvents = other.lateEvents;
        this.unreadableStates = other.unreadableStates;
        this.notFiniteStates = other.notFiniteStates;
        this.eventId = other.eventId;
        this.publishesModels = other.publishesModels;
        this.modelName = other.modelName;
        this.modelChoice = other.modelChoice;
        this.modelChange = other.modelChange;
        this.idleTimeout = other.idleTimeout;
        this.idleTime = other.idleTime;
        this.maxSteps = other.maxSteps;
        this.batchSize = other.batchSize;
    }

    /** Returns the options that a configuration states for its model. */
    public static StepOptions of(LstmStreamsConfig config) {
        ModelConfig models = config.models();
        SequenceConfig sequences = config.sequences();
        StepOptions options = DEFAULTS.results(config.output().topK(), include(config.output()))
                .unknownEvents(config.input().unknownEvents())
                .lateEvents(sequences.late())
                .unreadableStates(sequences.unreadableStates())
                .notFiniteStates(sequences.notFiniteStates())
                .eventId(sequences.repeated())
                .modelChange(models.change())
                .ends(Duration.ofMillis(sequences.idleTimeoutMs()), sequences.maxSteps())
                .idleTime(sequences.idleTime())
                .batchSize(config.batchSize());
        return models.topic() == null ? options : options.publishedModels(models.name(), models.choice());
    }

    /** Returns the options that a configuration states for its shadow model, which must not stop the application. */
    static StepOptions ofShadow(LstmStreamsConfig config) {
        StepOptions options = of(config).storeName(LstmTopology.SHADOW_STORE).batchSize(1);
        if (options.unknownEvents == UnknownEvents.FAIL) {
            options = options.unknownEvents(UnknownEvents.DEAD_LETTER);
        }
        if (options.notFiniteStates == NotFiniteStates.FAIL) {
            options = options.notFiniteStates(NotFiniteStates.DEAD_LETTER);
        }
        String name = config.models().shadowName();
        return name == null ? options.fixedModel() : options.publishedModels(name, null);
    }

    private static Set<Include> include(OutputConfig output) {
        return output.format() == OutputFormat.FLOAT32 ? EnumSet.of(Include.OUTPUT) : Include.parse(output.include());
    }

    private StepOptions with(Consumer<StepOptions> change) {
        StepOptions copy = new StepOptions(this);
        change.accept(copy);
        return copy;
    }

    /** Sets the name of the state store, unique in a topology. Default: {@value LstmTopology#STORE}. */
    public StepOptions storeName(String storeName) {
        return with(copy -> copy.storeName = storeName);
    }

    /**
     * Sets the contents of a result.
     *
     * @param topK the number of predicted next events; default: {@value OutputConfig#TOP_K_DEFAULT}
     * @param include further contents; default: none
     */
    public StepOptions results(int topK, Set<Include> include) {
        return with(copy -> {
            copy.topK = topK;
            copy.include = Set.copyOf(include);
        });
    }

    /** Sets the policy for events that are not in the model's vocabulary. Default: dead letter. */
    public StepOptions unknownEvents(UnknownEvents unknownEvents) {
        return with(copy -> copy.unknownEvents = unknownEvents);
    }

    /** Sets the policy for events that are older than the latest event of their sequence. Default: process. */
    public StepOptions lateEvents(LateEvents lateEvents) {
        return with(copy -> copy.lateEvents = lateEvents);
    }

    /** Sets the policy for stored states that are damaged. Default: restart. */
    public StepOptions unreadableStates(UnreadableStates unreadableStates) {
        return with(copy -> copy.unreadableStates = unreadableStates);
    }

    /** Sets the policy for steps that make a state NaN or infinite. Default: dead letter. */
    public StepOptions notFiniteStates(NotFiniteStates notFiniteStates) {
        return with(copy -> copy.notFiniteStates = notFiniteStates);
    }

    /** Sets the part of a record that holds a unique event id; null if events have no ids. Default: null. */
    public StepOptions eventId(@Nullable RecordPart eventId) {
        return with(copy -> copy.eventId = eventId);
    }

    /**
     * Allows other models to become active while the topology runs. A second store then holds the active models of
     * each task.
     *
     * @param name the name of the model for records that choose none
     * @param choice the part of a record that names a model; null if records choose no model
     */
    public StepOptions publishedModels(String name, @Nullable RecordPart choice) {
        return with(copy -> {
            copy.publishesModels = true;
            copy.modelName = name;
            copy.modelChoice = choice;
        });
    }

    private StepOptions fixedModel() {
        return with(copy -> {
            copy.publishesModels = false;
            copy.modelName = ModelConfig.NAME_DEFAULT;
            copy.modelChoice = null;
        });
    }

    /** Sets the policy for live sequences whose model is no longer active. Default: they finish with their model. */
    public StepOptions modelChange(ModelChange modelChange) {
        return with(copy -> copy.modelChange = modelChange);
    }

    /**
     * Sets the limits at which a sequence ends without a record that says so.
     *
     * @param idleTimeout the longest time without an event; zero for no limit, which is the default
     * @param maxSteps the largest number of events; zero for no limit, which is the default
     * @throws IllegalArgumentException if a limit is negative
     */
    public StepOptions ends(Duration idleTimeout, long maxSteps) {
        if (idleTimeout.isNegative() || maxSteps < 0) {
            throw new IllegalArgumentException(
                    "the idle timeout and the largest number of steps must be positive, or zero for never, but are "
                            + idleTimeout + " and " + maxSteps);
        }
        return with(copy -> {
            copy.idleTimeout = idleTimeout;
            copy.maxSteps = maxSteps;
        });
    }

    /** Sets the time in which the idle timeout is measured. Default: event time. */
    public StepOptions idleTime(IdleTime idleTime) {
        return with(copy -> copy.idleTime = idleTime);
    }

    /**
     * Sets the largest number of sequences that advance together, see {@link LstmProcessorSupplier.Builder#lookAhead}.
     *
     * @throws IllegalArgumentException if the number is less than 1
     */
    public StepOptions batchSize(int batchSize) {
        if (batchSize < 1) {
            throw new IllegalArgumentException("the batch size must be at least 1, but is " + batchSize);
        }
        return with(copy -> copy.batchSize = batchSize);
    }

    String storeName() {
        return storeName;
    }

    int topK() {
        return topK;
    }

    Set<Include> include() {
        return include;
    }

    UnknownEvents unknownEvents() {
        return unknownEvents;
    }

    LateEvents lateEvents() {
        return lateEvents;
    }

    UnreadableStates unreadableStates() {
        return unreadableStates;
    }

    NotFiniteStates notFiniteStates() {
        return notFiniteStates;
    }

    @Nullable
    RecordPart eventId() {
        return eventId;
    }

    /** Returns whether other models may become active while the topology runs. */
    boolean publishesModels() {
        return publishesModels;
    }

    /** Returns the name of the store that holds the active models of each task. */
    String modelsStoreName() {
        return storeName + "-models";
    }

    String modelName() {
        return modelName;
    }

    @Nullable
    RecordPart modelChoice() {
        return modelChoice;
    }

    ModelChange modelChange() {
        return modelChange;
    }

    Duration idleTimeout() {
        return idleTimeout;
    }

    IdleTime idleTime() {
        return idleTime;
    }

    long maxSteps() {
        return maxSteps;
    }

    int batchSize() {
        return batchSize;
    }

    /** Returns whether stored states expire: those of idle sequences, or the event ids of ended sequences. */
    boolean statesExpire() {
        return !idleTimeout.isZero() || eventId != null;
    }

    /**
     * Returns whether an event is late and not to be processed.
     *
     * @param timestamp the event's timestamp, in milliseconds since the epoch
     * @param state the state of the event's sequence
     */
    boolean isLate(long timestamp, SequenceState state) {
        return lateEvents != LateEvents.PROCESS
                && state.steps() > 0
                && timestamp >= 0
                && timestamp < state.lastEventTime();
    }
}
