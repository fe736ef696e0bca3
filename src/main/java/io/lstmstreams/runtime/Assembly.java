package io.lstmstreams.runtime;

import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.input.Model;
import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.metrics.StreamMetrics;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.modeltopic.ModelTopic;
import io.lstmstreams.topology.FetchedRecords;
import io.lstmstreams.topology.LstmTopology;
import io.lstmstreams.topology.LstmTopology.Shadow;
import io.lstmstreams.topology.ModelVersion;
import io.lstmstreams.topology.Models;
import io.lstmstreams.topology.SendLimits;
import io.lstmstreams.topology.StateReads;
import io.lstmstreams.topology.StepListener;
import io.lstmstreams.topology.StepServices;
import io.lstmstreams.trace.StepTrace;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.state.HostInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of an application, created in the order in which they depend on each other: model, topics, topology. Only
 * the readers of the models topic and of the topics' limits run already.
 */
final class Assembly {
    private static final Logger LOG = LoggerFactory.getLogger(LstmApplication.class);
    private static final int FINGERPRINT_DIGITS = 16;

    private final LstmStreamsConfig config;
    private final Kernel kernel;
    private final StreamMetrics metrics = new StreamMetrics();
    private final FetchedRecords fetched = new FetchedRecords();
    private final StoreMemory memory;
    private final Map<String, Object> kafkaSettings;
    private final SendLimits sendLimits;
    private final StreamsConfig kafka;
    private final int partitions;
    private final @Nullable TopicModels published; // null without a models topic
    private final Models models;
    private final Model model;
    private final @Nullable Shadow shadow; // null without a shadow model
    private final StepTrace trace = new StepTrace(); // empty without an HTTP server
    private final StateReads reads;
    private final LstmTopology topology;
    private final TopicLimitsReader limits;

    private Assembly(LstmStreamsConfig config) {
        this.config = config;
        this.kernel = Kernels.named(config.kernel(), config.kernelWeights());
        Optional<Model> fixed = fixedModel(); // before the first request to the brokers
        this.memory = new StoreMemory(config.storeMemoryBytes());
        this.kafkaSettings = KafkaProperties.of(config, fetched, memory);
        this.sendLimits = SendLimits.of(kafkaSettings);
        kafkaSettings.putAll(sendLimits.settings());
        this.kafka = new StreamsConfig(kafkaSettings);
        LocalStates.of(kafka).checkWritable();
        this.partitions = Topics.prepare(kafka, config.input().topic(), outputTopics());
        this.published = publishedModels();
        this.models = published != null ? published : Models.only(ModelVersion.of(null, fixed.orElseThrow(), kernel));
        this.model = activeModel();
        this.shadow = shadowModel();
        boolean hasHttp = config.http().port() != null;
        this.reads = hasHttp ? new StateReads() : StateReads.NONE;
        StepServices services = new StepServices()
                .metrics(metrics)
                .listeners(hasHttp ? () -> new TraceListener(trace) : () -> StepListener.NONE)
                .reads(reads);
        this.topology = LstmTopology.of(config, models)
                .services(services)
                .shadow(shadow)
                .fetched(fetched)
                .limits(sendLimits);
        this.limits = readLimits();
    }

    /**
     * Creates the parts of an application.
     *
     * @throws ApplicationException if the brokers do not answer or the input topic does not exist
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if there is no usable model
     * @throws io.lstmstreams.modeltopic.ModelTopicException if there is no usable models topic
     * @throws IllegalArgumentException if the model or the topics do not meet the configuration's requirements
     */
    static Assembly of(LstmStreamsConfig config) {
        Assembly assembly = new Assembly(config);
        assembly.log();
        return assembly;
    }

    private void log() {
        LOG.info(
                "model {} ({}), kernel {}, {} ({} partitions) -> results {}, verdicts {}, dead letters {}",
                model.network().name(),
                model.network().fingerprintHex().substring(0, FINGERPRINT_DIGITS),
                kernel.name(),
                config.input().topic(),
                partitions,
                Objects.requireNonNullElse(config.output().topic(), "(none)"),
                Objects.requireNonNullElse(config.output().verdictTopic(), "(none)"),
                deadLetterTopic());
    }

    /** Loads the model of the configuration; returns empty if models come from a topic. */
    private Optional<Model> fixedModel() {
        return config.models().topic() == null
                ? Optional.ofNullable(config.models().file()).map(this::load)
                : Optional.empty();
    }

    private Model load(String file) {
        Model loaded = ModelFile.load(file);
        LstmTopology.check(config, loaded);
        return loaded;
    }

    /** Follows the models topic; returns null if the configuration has none. */
    private @Nullable TopicModels publishedModels() {
        String topic = config.models().topic();
        if (topic == null) {
            return null;
        }
        ModelTopic.prepare(kafka.getAdminConfigs("models"), topic);
        return TopicModels.start(config, topic, kernel, metrics, kafka.getGlobalConsumerConfigs("models"));
    }

    private Model activeModel() {
        String name = config.models().name();
        Models.Active active = models.active(name);
        if (active == null) {
            throw new ApplicationException("no model with the name " + name + " is active");
        }
        return active.version().model();
    }

    /** Returns the shadow model; null if the configuration has none. */
    private @Nullable Shadow shadowModel() {
        String file = config.models().shadowFile();
        if (file != null) {
            return new Shadow(Models.only(ModelVersion.of(null, load(file), kernel)), new StreamMetrics());
        }
        return config.models().shadowName() == null ? null : new Shadow(models, new StreamMetrics());
    }

    private Set<String> outputTopics() {
        return Stream.of(
                        config.output().topic(),
                        config.output().verdictTopic(),
                        config.models().shadowOutputTopic(),
                        config.models().shadowVerdictTopic(),
                        deadLetterTopic())
                .filter(topic -> topic != null && !topic.isEmpty())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Reads the limits of the topics, and refuses a configuration in which no record fits into one of them. */
    private TopicLimitsReader readLimits() {
        Optional<String> deadLetters = Optional.ofNullable(deadLetterTopic()).filter(topic -> !topic.isBlank());
        topology.checkLimits(deadLetters); // against the limits of the producer
        TopicLimitsReader reader = TopicLimitsReader.start(kafka, sendLimits);
        try {
            topology.checkLimits(deadLetters);
            return reader;
        } catch (IllegalArgumentException e) {
            reader.close();
            throw e;
        }
    }

    /**
     * Creates the Kafka Streams client of the topology.
     *
     * @throws ApplicationException if another process uses the same local states
     */
    KafkaStreams newStreams() {
        Properties properties = new Properties();
        properties.putAll(kafkaSettings);
        try {
            return new KafkaStreams(topology.build(), properties);
        } catch (StreamsException e) {
            closeReaders();
            throw LocalStates.of(kafka).explain(e);
        }
    }

    /** Creates the queries of sequences. They find no state without an HTTP server, which alone asks them. */
    StateQueries newQueries(KafkaStreams streams) {
        String server = kafka.getString(StreamsConfig.APPLICATION_SERVER_CONFIG);
        return new StateQueries(
                streams,
                reads,
                topology.queries(TraceListener.lastSteps(trace)),
                server == null || server.isEmpty() ? null : HostInfo.buildFromEndpoint(server),
                partitions);
    }

    /** Closes the readers of topics that do not belong to the stream. */
    void closeReaders() {
        limits.close();
        if (published != null) {
            published.close();
        }
    }

    Kernel kernel() {
        return kernel;
    }

    StreamMetrics metrics() {
        return metrics;
    }

    StoreMemory memory() {
        return memory;
    }

    StreamsConfig kafka() {
        return kafka;
    }

    Models models() {
        return models;
    }

    /** Returns the model that is active at the start. */
    Model model() {
        return model;
    }

    /** Returns the counters of the shadow model; null without a shadow model. */
    @Nullable
    StreamMetrics shadowMetrics() {
        return shadow == null ? null : shadow.metrics();
    }

    /** Returns the trace of the steps. It stays empty without an HTTP server, which alone shows it. */
    StepTrace trace() {
        return trace;
    }

    TopicLimitsReader limits() {
        return limits;
    }

    /** Returns the name of the dead-letter topic; may be empty. */
    String deadLetterTopic() {
        return kafka.getString(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG);
    }
}
