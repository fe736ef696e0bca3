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
import io.lstmstreams.trace.StepTrace;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.state.HostInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of an application, created in the order in which they depend on each other: model, topics, topology. Nothing runs yet but
 * the readers of the models topic and of the topics' limits.
 */
final class Assembly {
    private static final Logger LOG = LoggerFactory.getLogger(LstmApplication.class);

    private final LstmStreamsConfig config;
    private final Kernel kernel;
    private final StreamMetrics metrics = new StreamMetrics();
    private final FetchedRecords fetched = new FetchedRecords();
    private final StoreMemory memory;
    private final Map<String, Object> kafkaSettings;
    private final SendLimits sendLimits;
    private final StreamsConfig kafka;
    private final int partitions;
    private final TopicModels published; // null without a models topic
    private final Models models;
    private final Model model;
    private final Shadow shadow; // null without a shadow model
    private final StepTrace trace; // null without an HTTP server
    private final StateReads reads;
    private final LstmTopology topology;
    private final TopicLimitsReader limits;

    private Assembly(LstmStreamsConfig config) {
        this.config = config;
        this.kernel = Kernels.named(config.kernel(), config.kernelWeights());
        Model fixed = fixedModel(); // before the brokers are asked
        this.memory = new StoreMemory(config.storeMemoryBytes());
        this.kafkaSettings = KafkaProperties.of(config, fetched, memory);
        this.sendLimits = SendLimits.of(kafkaSettings);
        kafkaSettings.putAll(sendLimits.settings());
        this.kafka = new StreamsConfig(kafkaSettings);
        this.partitions = Topics.prepare(kafka, config.inputTopic(), outputTopics());
        this.published = fixed == null ? publishedModels() : null;
        this.models = fixed == null ? published : Models.only(ModelVersion.of(null, fixed, kernel));
        this.model = models.active(config.modelName()).version().model();
        this.shadow = shadowModel();
        boolean hasHttp = config.httpPort() != null;
        this.trace = hasHttp ? new StepTrace() : null;
        this.reads = hasHttp ? new StateReads() : StateReads.NONE;
        Supplier<StepListener> listeners = hasHttp ? () -> new TraceListener(trace) : () -> StepListener.NONE;
        this.topology = LstmTopology.of(config, models)
                .metrics(metrics)
                .shadow(shadow)
                .fetched(fetched)
                .listeners(listeners)
                .reads(reads)
                .limits(sendLimits);
        this.limits = readLimits();
    }

    /**
     * Creates the parts of an application.
     *
     * @throws ApplicationException if the brokers do not answer or the input topic does not exist
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if there is no usable model
     * @throws io.lstmstreams.modeltopic.ModelTopicException if there is no usable models topic
     * @throws IllegalArgumentException if the configuration requires what the model or the topics do not have
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
                model.network().fingerprintHex().substring(0, 16),
                kernel.name(),
                config.inputTopic(),
                partitions,
                Objects.requireNonNullElse(config.outputTopic(), "(none)"),
                Objects.requireNonNullElse(config.verdictTopic(), "(none)"),
                deadLetterTopic());
    }

    /** Loads the model of the configuration; returns null if models come from a topic. */
    private Model fixedModel() {
        if (config.modelTopic() != null) {
            return null;
        }
        Model fixed = ModelFile.load(config.model());
        LstmTopology.check(config, fixed);
        return fixed;
    }

    private TopicModels publishedModels() {
        ModelTopic.prepare(kafka.getAdminConfigs("models"), config.modelTopic());
        return TopicModels.start(config, kernel, metrics, kafka.getGlobalConsumerConfigs("models"));
    }

    /** Returns the shadow model, or null if the configuration has none. */
    private Shadow shadowModel() {
        if (config.shadowModel() == null) {
            return null;
        }
        if (config.shadowModelName() != null) {
            return new Shadow(published, new StreamMetrics());
        }
        Model loaded = ModelFile.load(config.shadowModelFile());
        LstmTopology.check(config, loaded);
        return new Shadow(Models.only(ModelVersion.of(null, loaded, kernel)), new StreamMetrics());
    }

    private Set<String> outputTopics() {
        Set<String> topics = new LinkedHashSet<>();
        topics.add(config.outputTopic());
        topics.add(config.verdictTopic());
        topics.add(config.shadowModel() == null ? null : config.shadowOutputTopic());
        topics.add(config.shadowModel() == null ? null : config.shadowVerdictTopic());
        topics.add(deadLetterTopic());
        topics.remove(null);
        topics.remove("");
        return topics;
    }

    /** Reads the limits of the topics, and refuses a configuration in which no record fits into one of them. */
    private TopicLimitsReader readLimits() {
        Optional<String> deadLetters = Optional.ofNullable(deadLetterTopic()).filter(topic -> !topic.isBlank());
        topology.checkLimits(deadLetters); // the producer's own
        TopicLimitsReader reader = TopicLimitsReader.start(kafka, sendLimits);
        try {
            topology.checkLimits(deadLetters);
            return reader;
        } catch (IllegalArgumentException e) {
            reader.close();
            throw e;
        }
    }

    /** Creates the Kafka Streams client of the topology. */
    KafkaStreams newStreams() {
        Properties properties = new Properties();
        properties.putAll(kafkaSettings);
        return new KafkaStreams(topology.build(), properties);
    }

    /** Creates the queries of the sequences; returns null without an HTTP server, which alone asks them. */
    StateQueries newQueries(KafkaStreams streams) {
        if (trace == null) {
            return null;
        }
        String server = kafka.getString(StreamsConfig.APPLICATION_SERVER_CONFIG);
        return new StateQueries(
                streams,
                reads,
                topology.queries(trace),
                server == null || server.isEmpty() ? null : HostInfo.buildFromEndpoint(server),
                partitions);
    }

    /** Closes what reads topics beside the stream. */
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

    /** Returns the model that takes new sequences at the start. */
    Model model() {
        return model;
    }

    /** Returns the shadow model, or null. */
    Shadow shadow() {
        return shadow;
    }

    /** Returns the trace of the steps; null without an HTTP server, which alone shows it. */
    StepTrace trace() {
        return trace;
    }

    TopicLimitsReader limits() {
        return limits;
    }

    /** Returns the name of the dead-letter topic. */
    String deadLetterTopic() {
        return kafka.getString(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG);
    }
}
