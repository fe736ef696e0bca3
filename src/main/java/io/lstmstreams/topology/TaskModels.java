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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models of one task. When another one has become active, the task changes to it between two of its records, and keeps
 * that in a store of its own, in the transaction of those records: the next owner of the task goes on with the same model,
 * even if it has not learnt of it yet, and never goes back to an older one. Belongs to a processor.
 *
 * <p>The store's values: the {@link Models.Active#since} of the change as int64, big-endian, then the 32 bytes of the SHA-256 of the
 * model's file; its keys are the models' names in UTF-8.
 */
final class TaskModels {
    private static final Logger LOG = LoggerFactory.getLogger(TaskModels.class);

    /** How many models that are no longer active a task keeps ready to step. */
    private static final int OLD_MODELS = 8;

    private final Models models;
    private final int capacity;
    private final StepOptions options;
    private final Map<Long, TaskModel> ready =
            new LinkedHashMap<>(16, 0.75f, true); // the one not used for longest first
    private final Map<String, Change> active = new HashMap<>();
    private KeyValueStore<Bytes, byte[]> store; // null where models never change
    private TaskId task;

    private record Change(long since, TaskModel to) {}

    /** @param capacity the largest number of sequences that advance together */
    TaskModels(Models models, int capacity, StepOptions options) {
        this.models = models;
        this.capacity = capacity;
        this.options = options;
    }

    /** Begins with the models that the task had when it was left; not called where models never change. */
    void init(TaskId task, KeyValueStore<Bytes, byte[]> store) {
        this.task = task;
        this.store = store;
        try (KeyValueIterator<Bytes, byte[]> changes = store.all()) {
            while (changes.hasNext()) {
                KeyValue<Bytes, byte[]> change = changes.next();
                ByteBuffer value = ByteBuffer.wrap(change.value);
                long since = value.getLong();
                String name = new String(change.key.get(), StandardCharsets.UTF_8);
                ModelVersion version =
                        models.knows(since) && !isOutdated(name, since) ? models.find(value.getLong(), null) : null;
                if (version != null) {
                    active.put(name, new Change(since, ready(version)));
                }
            }
        }
    }

    /** Whether the next record changes to a later model anyway. */
    private boolean isOutdated(String name, long since) {
        Models.Active known = models.active(name);
        return known != null && known.since() > since;
    }

    /**
     * Changes to models that have become active since the last call.
     *
     * @return whether there was any
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
     * The model for new sequences.
     *
     * @param name what a record chooses; null if it chooses none
     * @throws BadEventException if there is none of this name
     */
    TaskModel active(String name) {
        String ofName = name == null ? options.modelName() : name;
        Change change = active.get(ofName);
        if (change == null) {
            Models.Active known = models.active(ofName);
            if (known == null) {
                throw new BadEventException("the record chooses a model of a name that there is none of");
            }
            change = change(ofName, known);
            active.put(ofName, change);
        }
        return change.to();
    }

    private Change change(String name, Models.Active to) {
        TaskModel model = ready(to.version());
        if (store != null) {
            byte[] value = ByteBuffer.allocate(Long.BYTES + 32)
                    .putLong(to.since())
                    .put(HexFormat.of().parseHex(to.version().sha256()))
                    .array();
            store.put(Bytes.wrap(name.getBytes(StandardCharsets.UTF_8)), value);
            LOG.info(
                    "task {}: new sequences of model {} are advanced by {} from here on",
                    task,
                    name,
                    to.version().name());
        }
        return new Change(to.since(), model);
    }

    /**
     * The model that a stored state is of.
     *
     * @return null if it is not available
     * @throws io.lstmstreams.state.UnreadableStateException if the bytes are damaged
     */
    TaskModel ownerOf(byte[] stored) {
        for (Change change : active.values()) {
            if (change.to().codec().owns(stored)) {
                return change.to();
            }
        }
        StoredModel owner = StoredModel.of(stored);
        TaskModel model = owner.id() == 0 ? null : ready.get(owner.id());
        if (model != null) {
            return model;
        }
        ModelVersion version = models.find(owner.id(), owner.fingerprint());
        return version == null ? null : ready(version);
    }

    /** The name that a model's sequences go by; null for the name of those that choose none. */
    String nameOf(TaskModel model) {
        return models.isUnder(options.modelName(), model.version()) ? null : models.nameOf(model.version());
    }

    /** Whether a model is or was one of this name. */
    boolean isUnder(String name, TaskModel model) {
        return models.isUnder(name, model.version());
    }

    private TaskModel ready(ModelVersion version) {
        TaskModel found = ready.get(version.id());
        if (found == null) {
            found = new TaskModel(version, capacity, options);
            ready.put(version.id(), found);
            if (ready.size() > active.size() + OLD_MODELS) {
                ready.values().stream()
                        .filter(model -> active.values().stream().noneMatch(change -> change.to() == model))
                        .findFirst()
                        .ifPresent(model -> ready.remove(model.version().id()));
            }
        }
        return found;
    }
}
