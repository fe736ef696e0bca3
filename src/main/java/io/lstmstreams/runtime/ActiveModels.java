package io.lstmstreams.runtime;

import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.config.ModelConfig;
import io.lstmstreams.metrics.StreamMetrics;
import io.lstmstreams.modeltopic.Manifest;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The active models of a models topic, by their names. A published model becomes active once it is loaded. A model
 * that cannot be used is refused with a warning, and the model before it remains active. One thread updates; any
 * thread may read.
 */
final class ActiveModels {
    private static final Logger LOG = LoggerFactory.getLogger(TopicModels.class);
    private static final Duration RETRY = Duration.ofSeconds(10);
    private static final long BEFORE_ANY = -1; // a position before all records of the topic
    private static final int ID_DIGITS = 16;

    private final ModelConfig config;
    private final StreamMetrics metrics;
    private final LoadedModels loaded;
    private final Map<String, Models.Active> active = new ConcurrentHashMap<>();
    private final Map<String, Refusal> refusals = new HashMap<>(); // by name; used by the updating thread only

    /** @param retryAt the time of the next attempt by {@link System#nanoTime}; null if an attempt is useless */
    private record Refusal(Pointer pointer, @Nullable Long retryAt) {}

    ActiveModels(LstmStreamsConfig config, StreamMetrics metrics, LoadedModels loaded) {
        this.config = config.models();
        this.metrics = metrics;
        this.loaded = loaded;
    }

    /** Returns the active model of a name; null if there is none. */
    Models.@Nullable Active get(String name) {
        return active.get(name);
    }

    /** Returns the active models by their names. */
    Map<String, ModelVersion> all() {
        Map<String, ModelVersion> versions = new TreeMap<>();
        active.forEach((name, model) -> versions.put(name, model.version()));
        return versions;
    }

    /** Makes a model active that is not in the topic, until the topic names another. */
    void startWith(ModelVersion version) {
        active.put(config.name(), new Models.Active(version, BEFORE_ANY));
    }

    /**
     * Makes the models active that the topic names. For a required name without a usable active model, the newest
     * usable model becomes active.
     *
     * @throws ApplicationException if a required name has no usable model
     */
    void start(ModelTopicIndex index) {
        update(index);
        for (String name : requiredNames()) {
            if (!active.containsKey(name)) {
                startWithOlder(name, index);
            }
        }
    }

    private Set<String> requiredNames() {
        Set<String> names = new HashSet<>();
        names.add(config.name());
        String shadow = config.shadowName();
        if (shadow != null) {
            names.add(shadow);
        }
        return names;
    }

    private void startWithOlder(String name, ModelTopicIndex index) {
        for (Manifest manifest : index.models(name)) {
            try {
                active.put(name, new Models.Active(loaded.load(manifest, index), BEFORE_ANY));
                LOG.warn("model {}: {} remains active, because it is the newest usable model", name, manifest.id());
                return;
            } catch (ModelTopicException | IllegalArgumentException | IllegalStateException e) {
                LOG.debug("model {}: {} cannot be used either", name, manifest.id());
            }
        }
        throw new ApplicationException("the models topic " + config.topic() + " has no usable model " + name
                + ": publish one with `lstm-streams model publish`, or set " + ModelConfig.MODEL_CONFIG);
    }

    /** Makes the models active that the topic names. */
    void update(ModelTopicIndex index) {
        Set<String> names = requiredNames();
        if (config.choice() != null) {
            names.addAll(index.names());
        }
        for (String name : names) {
            Pointer pointer = index.active(name);
            Models.Active now = active.get(name);
            if (pointer != null && (now == null || pointer.offset() > now.since()) && mayTry(name, pointer)) {
                activate(name, pointer, index);
            }
        }
    }

    private boolean mayTry(String name, Pointer pointer) {
        Refusal last = refusals.get(name);
        return last == null
                || last.pointer().offset() != pointer.offset()
                || last.retryAt() != null && System.nanoTime() - last.retryAt() >= 0;
    }

    private void activate(String name, Pointer pointer, ModelTopicIndex index) {
        try {
            ModelVersion version = load(name, pointer, index);
            boolean first = active.put(name, new Models.Active(version, pointer.offset())) == null;
            refusals.remove(name);
            if (!first) {
                metrics.modelChanges().increment();
            }
            LOG.info(
                    "model {} is {}: {}, fingerprint {}",
                    name,
                    id(pointer),
                    version.model().network().name(),
                    version.model().network().fingerprintHex().substring(0, ID_DIGITS));
        } catch (ModelTopicException | IllegalArgumentException | IllegalStateException e) {
            refuse(name, pointer, e);
        }
    }

    private ModelVersion load(String name, Pointer pointer, ModelTopicIndex index) {
        Manifest manifest = index.model(name, pointer.sha256());
        if (manifest == null) {
            throw new IllegalArgumentException("it was not published under this name");
        }
        return loaded.load(manifest, index);
    }

    private void refuse(String name, Pointer pointer, RuntimeException e) {
        boolean again = LoadedModels.isTransient(e);
        Refusal last = refusals.get(name);
        if (last == null || last.pointer().offset() != pointer.offset()) {
            metrics.modelsRefused().increment();
            Models.Active before = active.get(name);
            LOG.warn(
                    "model {}: {} is refused, {}{}: {}",
                    name,
                    id(pointer),
                    before == null
                            ? "and no other model is active"
                            : before.version().name() + " remains active",
                    again ? "; the next attempt is in " + RETRY.toSeconds() + " s" : "",
                    e.getMessage());
        }
        refusals.put(name, new Refusal(pointer, again ? System.nanoTime() + RETRY.toNanos() : null));
    }

    private static String id(Pointer pointer) {
        return pointer.sha256().substring(0, ID_DIGITS);
    }
}
