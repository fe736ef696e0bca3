package io.lstmstreams.runtime;

import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.config.ModelChange;
import io.lstmstreams.config.ModelConfig;
import io.lstmstreams.input.Model;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.modelfile.TemporaryModelFile;
import io.lstmstreams.modelfile.tensor.ModelFileException;
import io.lstmstreams.modeltopic.Manifest;
import io.lstmstreams.modeltopic.ModelBundles;
import io.lstmstreams.modeltopic.ModelPublisher;
import io.lstmstreams.modeltopic.ModelTopic;
import io.lstmstreams.modeltopic.ModelTopicException;
import io.lstmstreams.modeltopic.ModelTopicIndex;
import io.lstmstreams.modeltopic.ModelTopicIndex.Pointer;
import io.lstmstreams.recurrent.ScoringRule;
import io.lstmstreams.state.StateCodec;
import io.lstmstreams.topology.LstmTopology;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.streams.StreamsConfig;
import org.jspecify.annotations.Nullable;

/** The operators' work on the models topic of an application, which may be stopped. Not thread-safe. */
public final class ModelAdministration {
    private static final String CLIENT = "model-administration";
    private static final int ID_DIGITS = 16;

    private final LstmStreamsConfig config;
    private final String topic;
    private final StreamsConfig kafka;

    /**
     * Creates the administration of an application.
     *
     * @throws ConfigException if the configuration has no models topic
     */
    public ModelAdministration(LstmStreamsConfig config) {
        String configured = config.models().topic();
        if (configured == null) {
            throw new ConfigException(ModelConfig.TOPIC_CONFIG + " is not set: set it to the models topic");
        }
        this.config = config;
        this.topic = configured;
        this.kafka = new StreamsConfig(config.kafka());
    }

    /**
     * A published model.
     *
     * @param manifest the description of the model
     * @param active true if the model is the active one of its name
     */
    public record Published(Manifest manifest, boolean active) {}

    /**
     * A model beside the active model that it would replace.
     *
     * @param model the model
     * @param active the active model; null if no model is active, or if it cannot be read
     * @param activeName the active model in words; empty if no model is active
     * @param unreadable the reason why the active model cannot be read; null if it can
     * @param losses what would be lost, one sentence each; empty if the model can replace the other one safely
     */
    public record Replacement(
            Model model,
            @Nullable Model active,
            String activeName,
            @Nullable String unreadable,
            List<String> losses) {}

    /**
     * Compares a model with the active model of a name.
     *
     * @param name the model's name; null for the name in the configuration
     * @param location the path or the URI of the model's file
     * @throws ModelFileException if there is no usable model
     * @throws IllegalArgumentException if the model does not meet the configuration's requirements
     */
    public Replacement compare(@Nullable String name, String location) {
        Model model = ModelFile.load(location);
        LstmTopology.check(config, model);
        Brokers.await(kafka.getAdminConfigs(CLIENT));
        ModelTopic.prepare(kafka.getAdminConfigs(CLIENT), topic);
        String ownName = name == null ? config.models().name() : name;
        String file = ownName.equals(config.models().name()) ? config.models().file() : null;
        String activeName = "";
        try (ModelTopic models = read()) {
            Pointer pointer = models.index().active(ownName);
            if (pointer != null) {
                activeName = pointer.sha256().substring(0, ID_DIGITS);
                return compared(model, load(models.index(), ownName, pointer), activeName);
            }
            if (file != null) {
                activeName = ModelConfig.MODEL_CONFIG + "=" + ModelFile.shown(file);
                return compared(model, ModelFile.load(file), activeName);
            }
            return new Replacement(model, null, "", null, List.of());
        } catch (ModelFileException | ModelTopicException | IllegalArgumentException e) {
            return new Replacement(model, null, activeName, e.getMessage(), List.of());
        }
    }

    private Model load(ModelTopicIndex index, String name, Pointer pointer) {
        Manifest manifest = index.model(name, pointer.sha256());
        if (manifest == null) {
            throw new IllegalArgumentException("it is no longer published under this name");
        }
        return new ModelBundles(
                        kafka.getGlobalConsumerConfigs(CLIENT),
                        topic,
                        config.models().uris())
                .load(manifest, index.firstChunk(pointer.sha256()));
    }

    private Replacement compared(Model model, Model active, String activeName) {
        List<String> losses = new ArrayList<>();
        if (judges(active) && !judges(model)) {
            losses.add("the model has no scoring rule, so that no event would be an anomaly any more");
        } else if (judges(active)
                && active.vocabulary().hasEnd()
                && !model.vocabulary().hasEnd()) {
            losses.add("the model does not predict the end of a sequence, so that a premature end would no longer be an"
                    + " anomaly");
        }
        if (config.models().change() == ModelChange.CARRY && !StateCodec.canCarry(active.network(), model.network())) {
            losses.add("its states have another shape, so that live sequences would restart, although "
                    + ModelConfig.CHANGE_CONFIG + "=carry");
        }
        return new Replacement(model, active, activeName, null, losses);
    }

    private static boolean judges(Model model) {
        return model.network().predictsEvents() && !(model.network().scoring() instanceof ScoringRule.None);
    }

    /**
     * Publishes a model, which becomes the active model of its name.
     *
     * @param name the model's name; null for the name in the configuration
     * @param location the path or the URI of the model's file
     * @param uri the URI from which instances fetch the file; null to put the file into the topic
     * @throws ModelFileException if there is no usable model
     * @throws IllegalArgumentException if the model does not meet the configuration's requirements, or the URI has
     *     another file
     */
    public Manifest publish(@Nullable String name, String location, @Nullable String uri) {
        Model model = ModelFile.load(location);
        LstmTopology.check(config, model);
        try (TemporaryModelFile file = TemporaryModelFile.create()) {
            copy(model, location, file.path());
            if (uri != null) {
                checkSame(file.path(), uri);
            }
            Brokers.await(kafka.getAdminConfigs(CLIENT));
            ModelTopic.prepare(kafka.getAdminConfigs(CLIENT), topic);
            try (ModelPublisher publisher = publisher()) {
                return publisher.publish(
                        name == null ? config.models().name() : name,
                        model,
                        file.path(),
                        uri,
                        System.currentTimeMillis());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies the file, unless a spec file beside it belongs to it: then the model is written again, into one file. */
    private static void copy(Model model, String location, Path to) {
        ModelFile.fetch(location, to, Manifest.MAX_BYTES);
        try {
            if (ModelFile.spec(ModelFile.load(to)).equals(ModelFile.spec(model))) {
                return;
            }
        } catch (ModelFileException e) {
            // without the spec file beside it, the copy is no model
        }
        ModelFile.save(model, to);
    }

    private static void checkSame(Path file, String uri) throws IOException {
        try (TemporaryModelFile fetched = TemporaryModelFile.create()) {
            ModelFile.fetch(uri, fetched.path(), Manifest.MAX_BYTES);
            if (Files.mismatch(file, fetched.path()) >= 0) {
                throw new IllegalArgumentException("the file at the URI differs from the file to publish");
            }
        }
    }

    private ModelPublisher publisher() {
        Map<String, Object> settings = kafka.getProducerConfigs(CLIENT);
        return new ModelPublisher(settings, topic);
    }

    /** Returns all models of the topic by name, the newest of each name first. */
    public List<Published> list() {
        if (!topicExists()) {
            return List.of();
        }
        try (ModelTopic models = read()) {
            ModelTopicIndex index = models.index();
            List<Published> all = new ArrayList<>();
            for (String name : index.names()) {
                Pointer active = index.active(name);
                for (Manifest manifest : index.models(name)) {
                    all.add(new Published(
                            manifest, active != null && active.sha256().equals(manifest.sha256())));
                }
            }
            return all;
        }
    }

    /**
     * Makes an earlier model active again. Before the first published model, {@code lstm.model} was active: this model
     * is then published itself, so that all instances use the same file, and it is listed as the oldest one.
     *
     * @param name the model's name; null for the name in the configuration
     * @param id the first digits of the SHA-256, or {@code lstm.model}; null for the model before the active one
     * @return the model that is active from now on
     * @throws IllegalArgumentException if there is no such model
     */
    public Manifest rollback(@Nullable String name, @Nullable String id) {
        String ownName = name == null ? config.models().name() : name;
        if (!topicExists()) {
            throw nothingPublished(ownName);
        }
        Manifest to;
        try (ModelTopic models = read()) {
            Pointer active = models.index().active(ownName);
            List<Manifest> published = models.index().models(ownName);
            if (active == null || published.isEmpty()) {
                throw nothingPublished(ownName);
            }
            to = id == null ? before(active, published) : byId(published, ownName, id);
            if (to == null) {
                return publishFirst(ownName, active, published);
            }
        }
        try (ModelPublisher publisher = publisher()) {
            publisher.activate(ownName, to.sha256());
            return to;
        }
    }

    private Manifest publishFirst(String name, Pointer active, List<Manifest> published) {
        String file = config.models().file();
        if (file == null || !name.equals(config.models().name())) {
            throw new IllegalArgumentException("no model " + name + " was published before the active one"
                    + (file == null ? ", and " + ModelConfig.MODEL_CONFIG + " is not set" : ""));
        }
        Model model = ModelFile.load(file);
        LstmTopology.check(config, model);
        try (TemporaryModelFile copy = TemporaryModelFile.create()) {
            copy(model, file, copy.path());
            if (ModelBundles.sha256(copy.path()).equals(active.sha256())) {
                throw new IllegalArgumentException(
                        "the active model is the one of " + ModelConfig.MODEL_CONFIG + ": there is no model before it");
            }
            long oldest = published.get(published.size() - 1).published();
            try (ModelPublisher publisher = publisher()) {
                return publisher.publish(name, model, copy.path(), null, oldest - 1);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the model that was published before the active one; null if the active one is the oldest. */
    private static @Nullable Manifest before(Pointer active, List<Manifest> newestFirst) {
        for (int i = 0; i < newestFirst.size() - 1; i++) {
            if (newestFirst.get(i).sha256().equals(active.sha256())) {
                return newestFirst.get(i + 1);
            }
        }
        return null;
    }

    /** Returns the model of an id; null for {@code lstm.model}. */
    private static @Nullable Manifest byId(List<Manifest> published, String name, String id) {
        if (id.equals(ModelConfig.MODEL_CONFIG)) {
            return null;
        }
        List<Manifest> found = published.stream()
                .filter(manifest -> manifest.sha256().startsWith(id))
                .toList();
        if (found.size() != 1) {
            throw new IllegalArgumentException("the id of " + (found.isEmpty() ? "no" : "more than one") + " model "
                    + name + " starts with " + id);
        }
        return found.get(0);
    }

    private static IllegalArgumentException nothingPublished(String name) {
        return new IllegalArgumentException("no model " + name + " was published");
    }

    /** Returns whether the models topic exists, which the first publication creates. */
    private boolean topicExists() {
        Map<String, Object> settings = Brokers.patient(kafka.getAdminConfigs(CLIENT));
        try (Admin admin = Brokers.open(settings)) {
            return Brokers.answer(admin.listTopics().names(), settings).contains(topic);
        } catch (ExecutionException e) {
            throw Brokers.failure(settings, Failures.causeOf(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApplicationException("interrupted while the topics were read", e);
        }
    }

    private ModelTopic read() {
        ModelTopic models = ModelTopic.open(kafka.getGlobalConsumerConfigs(CLIENT), topic);
        try {
            models.catchUp();
            return models;
        } catch (RuntimeException e) {
            models.close();
            throw e;
        }
    }
}
