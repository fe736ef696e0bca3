package io.lstmstreams.runtime;

import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.metrics.StreamMetrics;
import io.lstmstreams.modeltopic.Manifest;
import io.lstmstreams.modeltopic.ModelBundles;
import io.lstmstreams.modeltopic.ModelTopic;
import io.lstmstreams.modeltopic.ModelTopicException;
import io.lstmstreams.modeltopic.ModelTopicIndex;
import io.lstmstreams.modeltopic.ModelTopicIndex.Pointer;
import io.lstmstreams.topology.ModelVersion;
import io.lstmstreams.topology.Models;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models of a models topic, followed by a thread of its own. A model that is published becomes the active one when it has
 * been fetched, checked and packed; one that cannot be used is refused with a warning, and the one before goes on. Models that
 * are no longer active are kept as long as a task uses them or there is memory, and fetched again when one is needed.
 */
final class TopicModels implements Models, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicModels.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration RETRY = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(60); // within max.poll.interval.ms
    private static final long BEFORE_ANY = -1; // before whatever the topic says

    private final LstmStreamsConfig config;
    private final StreamMetrics metrics;
    private final ModelTopic topic; // guarded by reading, but for its index
    private final Lock reading = new ReentrantLock(true);
    private final LoadedModels loaded;
    private final Map<String, Active> active = new ConcurrentHashMap<>();
    private final Map<String, Refusal> refused = new HashMap<>(); // by name; of the following thread
    private final Thread thread = new Thread(this::follow, "models");
    private ModelVersion initial; // of lstm.model; null if there is none
    private volatile boolean closed;

    /** @param retryAt when it is worth another try, by nanoTime; null for never */
    private record Refusal(Pointer pointer, Long retryAt) {}

    private TopicModels(
            LstmStreamsConfig config,
            Kernel kernel,
            StreamMetrics metrics,
            ModelTopic topic,
            Map<String, Object> consumer) {
        this.config = config;
        this.metrics = metrics;
        this.topic = topic;
        this.loaded =
                new LoadedModels(config, kernel, new ModelBundles(consumer, config.modelTopic(), config.modelUris()));
        this.thread.setDaemon(true);
    }

    /**
     * Reads the topic to its end, loads what is active, and goes on following it.
     *
     * @param consumer settings of one without a group
     * @throws ApplicationException if there is no model of the name that is asked for, or the topic cannot be read
     */
    static TopicModels start(
            LstmStreamsConfig config, Kernel kernel, StreamMetrics metrics, Map<String, Object> consumer) {
        ModelTopic topic = ModelTopic.open(consumer, config.modelTopic());
        TopicModels models = new TopicModels(config, kernel, metrics, topic, consumer);
        try {
            models.begin();
            models.thread.start();
            return models;
        } catch (KafkaException e) {
            models.close();
            throw new ApplicationException(
                    "the models topic " + config.modelTopic() + " cannot be read: " + Failures.innermost(e), e);
        } catch (RuntimeException e) {
            models.close();
            throw e;
        }
    }

    private void begin() {
        topic.catchUp();
        if (config.model() != null) {
            initial = loaded.fromFile(config.model());
            active.put(config.modelName(), new Active(initial, BEFORE_ANY));
        }
        update();
        for (String name : requiredNames()) {
            if (!active.containsKey(name)) {
                startWithOlder(name);
            }
        }
    }

    private Set<String> requiredNames() {
        Set<String> names = new HashSet<>();
        names.add(config.modelName());
        if (config.shadowModelName() != null) {
            names.add(config.shadowModelName());
        }
        return names;
    }

    /** What is active cannot be used, or nothing is: the newest one that can be is the next best. */
    private void startWithOlder(String name) {
        for (Manifest manifest : topic.index().models(name)) {
            try {
                active.put(name, new Active(load(manifest), BEFORE_ANY));
                LOG.warn("model {}: {} goes on, the newest that can be used", name, manifest.id());
                return;
            } catch (ModelTopicException | IllegalArgumentException | IllegalStateException e) {
                LOG.debug("model {}: {} cannot be used either", name, manifest.id());
            }
        }
        throw new ApplicationException(
                "the models topic " + config.modelTopic() + " has no usable model " + name
                        + ": publish one with `lstm-streams model publish`, or set " + LstmStreamsConfig.MODEL_CONFIG,
                null);
    }

    private void follow() {
        while (!closed) {
            try {
                reading.lock();
                try {
                    if (!closed) {
                        topic.poll(POLL);
                    }
                } finally {
                    reading.unlock();
                }
                update();
            } catch (InterruptException e) {
                return;
            } catch (KafkaException e) {
                LOG.warn("the models topic {} cannot be read now: {}", config.modelTopic(), Failures.innermost(e));
                pause(RETRY);
            }
        }
    }

    private void pause(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // of which the caller makes an end
        }
    }

    /** Makes active what the topic says is. */
    private void update() {
        Set<String> names =
                config.modelChoice() == null ? requiredNames() : topic.index().names();
        names.addAll(requiredNames());
        for (String name : names) {
            Pointer pointer = topic.index().active(name);
            Active now = active.get(name);
            if (pointer != null && (now == null || pointer.offset() > now.since()) && isWorthATry(name, pointer)) {
                activate(name, pointer);
            }
        }
    }

    private boolean isWorthATry(String name, Pointer pointer) {
        Refusal last = refused.get(name);
        return last == null
                || last.pointer().offset() != pointer.offset()
                || last.retryAt() != null && System.nanoTime() - last.retryAt() >= 0;
    }

    private void activate(String name, Pointer pointer) {
        String id = pointer.sha256().substring(0, 16);
        try {
            ModelVersion version = version(name, pointer);
            boolean first = active.put(name, new Active(version, pointer.offset())) == null;
            refused.remove(name);
            if (!first) {
                metrics.modelChanges().increment();
            }
            LOG.info(
                    "model {} is {}: {}, fingerprint {}",
                    name,
                    id,
                    version.model().network().name(),
                    version.model().network().fingerprintHex().substring(0, 16));
        } catch (ModelTopicException | IllegalArgumentException | IllegalStateException e) {
            boolean again = isTransient(e);
            if (!refused.containsKey(name) || refused.get(name).pointer().offset() != pointer.offset()) {
                metrics.modelsRefused().increment();
                Active before = active.get(name);
                LOG.warn(
                        "model {}: {} is refused, {}{}: {}",
                        name,
                        id,
                        before == null ? "and none is there" : before.version().name() + " goes on",
                        again ? "; tried again every " + RETRY.toSeconds() + " s" : "",
                        e.getMessage());
            }
            refused.put(name, new Refusal(pointer, again ? System.nanoTime() + RETRY.toNanos() : null));
        }
    }

    private static boolean isTransient(RuntimeException e) {
        return e instanceof ModelTopicException failure && failure.isTransient();
    }

    private ModelVersion version(String name, Pointer pointer) {
        Manifest manifest = topic.index().model(name, pointer.sha256());
        if (manifest == null) {
            throw new IllegalArgumentException("it was not published under this name");
        }
        return load(manifest);
    }

    private ModelVersion load(Manifest manifest) {
        return loaded.load(manifest, topic.index().firstChunk(manifest.sha256()));
    }

    @Override
    public Active active(String name) {
        return active.get(name);
    }

    @Override
    public Map<String, ModelVersion> active() {
        Map<String, ModelVersion> versions = new TreeMap<>();
        active.forEach((name, one) -> versions.put(name, one.version()));
        return versions;
    }

    @Override
    public ModelVersion find(long id, String fingerprint) {
        ModelVersion first = initial;
        boolean isInitial = first != null
                && (first.id() == id
                        || id == 0 && first.model().network().fingerprintHex().startsWith(fingerprint));
        if (isInitial) {
            return first;
        }
        Manifest manifest = manifest(id, fingerprint);
        if (manifest == null) {
            reading.lock();
            try {
                topic.catchUp(); // another instance may have learnt of it first
            } finally {
                reading.unlock();
            }
            manifest = manifest(id, fingerprint);
        }
        if (manifest == null) {
            return null;
        }
        try {
            return loadOfLiveSequences(manifest);
        } catch (ModelTopicException | IllegalArgumentException | IllegalStateException e) {
            if (isTransient(e)) {
                throw e; // rather stop than forget sequences that could go on later
            }
            LOG.warn(
                    "model {}: {} of live sequences cannot be used: {}",
                    manifest.name(),
                    manifest.id(),
                    e.getMessage());
            return null;
        }
    }

    /** Tries again for a while where a model cannot be fetched now. */
    private ModelVersion loadOfLiveSequences(Manifest manifest) {
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        while (true) {
            try {
                return load(manifest);
            } catch (ModelTopicException e) {
                boolean ends = closed || Thread.currentThread().isInterrupted() || System.nanoTime() - deadline > 0;
                if (ends || !e.isTransient()) {
                    throw e;
                }
                pause(PAUSE);
            }
        }
    }

    private Manifest manifest(long id, String fingerprint) {
        ModelTopicIndex index = topic.index();
        return id == 0 ? index.findByFingerprint(fingerprint) : index.find(String.format("%016x", id));
    }

    @Override
    public boolean isUnder(String name, ModelVersion version) {
        return topic.index().model(name, version.sha256()) != null
                || version == initial && name.equals(config.modelName());
    }

    @Override
    public String nameOf(ModelVersion version) {
        Manifest manifest = topic.index().find(version.sha256());
        return manifest == null ? null : manifest.name();
    }

    @Override
    public boolean knows(long since) {
        reading.lock();
        try {
            if (topic.position() <= since) {
                topic.catchUp();
            }
            return topic.position() > since;
        } finally {
            reading.unlock();
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        reading.lock();
        try {
            topic.close();
        } finally {
            reading.unlock();
        }
    }
}
