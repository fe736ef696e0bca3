package io.lstmstreams.runtime;

import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.metrics.StreamMetrics;
import io.lstmstreams.modeltopic.Manifest;
import io.lstmstreams.modeltopic.ModelBundles;
import io.lstmstreams.modeltopic.ModelTopic;
import io.lstmstreams.modeltopic.ModelTopicException;
import io.lstmstreams.modeltopic.ModelTopicIndex;
import io.lstmstreams.topology.ModelVersion;
import io.lstmstreams.topology.Models;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models of a models topic, which a thread of its own follows. A model that is no longer active stays loaded
 * while a task uses it or there is memory, and is loaded again when a stored state needs it.
 */
final class TopicModels implements Models, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicModels.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration RETRY = Duration.ofSeconds(10);
    private static final Duration LOAD_RETRY = Duration.ofSeconds(1);
    private static final Duration LOAD_TIMEOUT = Duration.ofSeconds(60); // less than max.poll.interval.ms

    private final LstmStreamsConfig config;
    private final String topicName;
    private final SharedModelTopic topic;
    private final LoadedModels loaded;
    private final ActiveModels active;
    private final Thread thread = new Thread(this::follow, "models");
    private @Nullable ModelVersion initial; // of lstm.model, if set

    private TopicModels(
            LstmStreamsConfig config,
            String topicName,
            SharedModelTopic topic,
            LoadedModels loaded,
            StreamMetrics metrics) {
        this.config = config;
        this.topicName = topicName;
        this.topic = topic;
        this.loaded = loaded;
        this.active = new ActiveModels(config, metrics, loaded);
        this.thread.setDaemon(true);
    }

    /**
     * Reads the topic to its end, loads the active models, and follows the topic from then on.
     *
     * @param topicName the models topic
     * @param consumer the settings of a consumer without a group
     * @throws ApplicationException if a required name has no usable model, or the topic cannot be read
     */
    static TopicModels start(
            LstmStreamsConfig config,
            String topicName,
            Kernel kernel,
            StreamMetrics metrics,
            Map<String, Object> consumer) {
        SharedModelTopic topic = new SharedModelTopic(ModelTopic.open(consumer, topicName));
        ModelBundles bundles =
                new ModelBundles(consumer, topicName, config.models().uris());
        TopicModels models =
                new TopicModels(config, topicName, topic, new LoadedModels(config, kernel, bundles), metrics);
        try {
            models.start();
            return models;
        } catch (KafkaException e) {
            models.close();
            throw new ApplicationException(
                    "the models topic " + topicName + " cannot be read: " + Failures.innermost(e), e);
        } catch (RuntimeException e) {
            models.close();
            throw e;
        }
    }

    private void start() {
        topic.catchUp();
        String file = config.models().file();
        if (file != null) {
            ModelVersion version = loaded.fromFile(file);
            active.startWith(version);
            initial = version;
        }
        active.start(topic.index());
        thread.start();
    }

    private void follow() {
        while (!topic.isClosed()) {
            try {
                topic.poll(POLL);
                active.update(topic.index());
            } catch (InterruptException e) {
                return;
            } catch (KafkaException e) {
                LOG.warn("the models topic {} cannot be read now: {}", topicName, Failures.innermost(e));
                pause(RETRY);
            }
        }
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the caller's loop ends
        }
    }

    @Override
    public @Nullable Active active(String name) {
        return active.get(name);
    }

    @Override
    public Map<String, ModelVersion> active() {
        return active.all();
    }

    @Override
    public @Nullable ModelVersion find(long id) {
        ModelVersion first = initial;
        return first != null && first.id() == id ? first : find(index -> index.find(String.format("%016x", id)));
    }

    @Override
    public @Nullable ModelVersion findByFingerprint(String fingerprint) {
        ModelVersion first = initial;
        return first != null && first.model().network().fingerprintHex().startsWith(fingerprint)
                ? first
                : find(index -> index.findByFingerprint(fingerprint));
    }

    private @Nullable ModelVersion find(Function<ModelTopicIndex, @Nullable Manifest> search) {
        Manifest manifest = search.apply(topic.index());
        if (manifest == null) {
            topic.catchUp(); // another instance may have read the publication earlier
            manifest = search.apply(topic.index());
        }
        if (manifest == null) {
            return null;
        }
        try {
            return loadWithRetries(manifest);
        } catch (ModelTopicException | IllegalArgumentException | IllegalStateException e) {
            if (LoadedModels.isTransient(e)) {
                throw e; // to stop is better than to restart sequences that could continue later
            }
            LOG.warn(
                    "model {}: {} of live sequences cannot be used: {}",
                    manifest.name(),
                    manifest.id(),
                    e.getMessage());
            return null;
        }
    }

    private ModelVersion loadWithRetries(Manifest manifest) {
        long deadline = System.nanoTime() + LOAD_TIMEOUT.toNanos();
        while (true) {
            try {
                return loaded.load(manifest, topic.index());
            } catch (ModelTopicException e) {
                boolean ends =
                        topic.isClosed() || Thread.currentThread().isInterrupted() || System.nanoTime() - deadline > 0;
                if (ends || !e.isTransient()) {
                    throw e;
                }
                pause(LOAD_RETRY);
            }
        }
    }

    @Override
    public boolean isUnder(String name, ModelVersion version) {
        String sha256 = version.sha256();
        return sha256 != null && topic.index().model(name, sha256) != null
                || version == initial && name.equals(config.models().name());
    }

    @Override
    public @Nullable String nameOf(ModelVersion version) {
        String sha256 = version.sha256();
        Manifest manifest = sha256 == null ? null : topic.index().find(sha256);
        return manifest == null ? null : manifest.name();
    }

    @Override
    public boolean knows(long since) {
        return topic.reaches(since);
    }

    @Override
    public void close() {
        thread.interrupt();
        topic.close();
    }
}
