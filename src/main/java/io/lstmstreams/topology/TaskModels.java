package io.lstmstreams.topology;

import io.lstmstreams.event.BadEventException;
import io.lstmstreams.state.StoredModel;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models of one task. When another model becomes active, the task changes to it between two of its records, and
 * stores the change in the same transaction. So the next owner of the task continues with the same model, even if it
 * has not read the publication yet, and never returns to an older model. Not thread-safe.
 *
 * <p>The keys of the store are the names of models in UTF-8. A value is the {@link Models.Active#since} of the change
 * as int64, big-endian, and the 32 bytes of the SHA-256 of the model's file.
 */
final class TaskModels {
    private static final Logger LOG = LoggerFactory.getLogger(TaskModels.class);

    /** The number of models that a task has ready although they are no longer active. */
    private static final int OLD_MODELS = 8;

    private static final int SHA256_BYTES = 32;

    private final Models models;
    private final StepOptions options;
    private final Map<Long, TaskModel> ready =
            new LinkedHashMap<>(16, 0.75f, true); // by id, the least recently used first
    private final Map<String, Change> active = new HashMap<>();
    private @Nullable Store store; // null if models never change

    /** The active model of a name, and the position at which it became active. */
    private record Change(long since, TaskModel to) {}

    /** The store of a task's changes. */
    private record Store(TaskId task, KeyValueStore<Bytes, byte[]> changes) {
        void put(String name, long since, String sha256) {
            byte[] value = ByteBuffer.allocate(Long.BYTES + SHA256_BYTES)
                    .putLong(since)
                    .put(HexFormat.of().parseHex(sha256))
                    .array();
            changes.put(Bytes.wrap(name.getBytes(StandardCharsets.UTF_8)), value);
        }
    }

    TaskModels(Models models, StepOptions options) {
        this.models = models;
        this.options = options;
    }

    /** Continues with the models that a store has for the task, and stores changes there from now on. */
    void open(TaskId task, KeyValueStore<Bytes, byte[]> changes) {
        this.store = new Store(task, changes);
        try (KeyValueIterator<Bytes, byte[]> stored = changes.all()) {
            while (stored.hasNext()) {
                KeyValue<Bytes, byte[]> change = stored.next();
                ByteBuffer value = ByteBuffer.wrap(change.value);
                long since = value.getLong();
                String name = new String(change.key.get(), StandardCharsets.UTF_8);
                ModelVersion version =
                        models.knows(since) && !isOutdated(name, since) ? models.find(value.getLong()) : null;
                if (version != null) {
                    active.put(name, new Change(since, ready(version)));
                }
            }
        }
    }

    /** Returns whether a later model is active, to which the next record of the task changes anyway. */
    private boolean isOutdated(String name, long since) {
        Models.Active known = models.active(name);
        return known != null && known.since() > since;
    }

    /**
     * Changes to the models that have become active since the last call.
     *
     * @return true if a model has changed
     */
    boolean refresh() {
        boolean changed = false;
        if (store != null) {
            for (Map.Entry<String, Change> change : active.entrySet()) {
                Models.Active known = models.active(change.getKey());
                if (known != null && known.since() > change.getValue().since()) {
                    change.setValue(change(change.getKey(), known));
                    changed = true;
                }
            }
        }
        return changed;
    }

    /**
     * Returns the model for new sequences.
     *
     * @param choice the name that a record chooses; null if it chooses none
     * @throws BadEventException if no model has this name
     */
    TaskModel active(@Nullable String choice) {
        String name = choice == null ? options.modelName() : choice;
        Change change = active.get(name);
        if (change == null) {
            Models.Active known = models.active(name);
            if (known == null) {
                throw new BadEventException("the record chooses a model that does not exist");
            }
            change = change(name, known);
            active.put(name, change);
        }
        return change.to();
    }

    private Change change(String name, Models.Active to) {
        TaskModel model = ready(to.version());
        String sha256 = to.version().sha256();
        if (store != null && sha256 != null) {
            store.put(name, to.since(), sha256);
            LOG.info(
                    "task {}: model {} is now {} for new sequences",
                    store.task(),
                    name,
                    to.version().name());
        }
        return new Change(to.since(), model);
    }

    /**
     * Returns the model that a stored state belongs to.
     *
     * @return null if the model is not available
     * @throws io.lstmstreams.state.UnreadableStateException if the bytes are damaged
     */
    @Nullable
    TaskModel ownerOf(byte[] stored) {
        for (Change change : active.values()) {
            if (change.to().codec().owns(stored)) {
                return change.to();
            }
        }
        StoredModel owner = StoredModel.of(stored);
        if (owner.id() == 0) {
            return readyOrNull(models.findByFingerprint(owner.fingerprint()));
        }
        TaskModel model = ready.get(owner.id());
        return model != null ? model : readyOrNull(models.find(owner.id()));
    }

    /** Returns the name of a model's sequences; null for the name of the sequences that choose none. */
    @Nullable
    String nameOf(TaskModel model) {
        return models.isUnder(options.modelName(), model.version()) ? null : models.nameOf(model.version());
    }

    /** Returns whether a model is or was published under a name. */
    boolean isUnder(String name, TaskModel model) {
        return models.isUnder(name, model.version());
    }

    private @Nullable TaskModel readyOrNull(@Nullable ModelVersion version) {
        return version == null ? null : ready(version);
    }

    private TaskModel ready(ModelVersion version) {
        TaskModel found = ready.get(version.id());
        if (found == null) {
            found = new TaskModel(version, options);
            ready.put(version.id(), found);
            if (ready.size() > active.size() + OLD_MODELS) {
                dropLeastRecentlyUsed();
            }
        }
        return found;
    }

    private void dropLeastRecentlyUsed() {
        ready.values().stream()
                .filter(model -> active.values().stream().noneMatch(change -> change.to() == model))
                .findFirst()
                .ifPresent(model -> ready.remove(model.version().id()));
    }
}
