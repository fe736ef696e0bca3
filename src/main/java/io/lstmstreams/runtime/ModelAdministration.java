package io.lstmstreams.runtime;

import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.config.ModelConfig;
import io.lstmstreams.input.Model;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.modelfile.TemporaryModelFile;
import io.lstmstreams.modelfile.tensor.ModelFileException;
import io.lstmstreams.modeltopic.Manifest;
import io.lstmstreams.modeltopic.ModelPublisher;
import io.lstmstreams.modeltopic.ModelTopic;
import io.lstmstreams.modeltopic.ModelTopicIndex;
import io.lstmstreams.topology.LstmTopology;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.streams.StreamsConfig;
import org.jspecify.annotations.Nullable;

/** The operators' work on the models topic of an application, which may be stopped. Not thread-safe. */
public final class ModelAdministration {
    private static final String CLIENT = "model-administration";

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
            ModelTopic.prepare(kafka.getAdminConfigs(CLIENT), topic);
            try (ModelPublisher publisher = publisher()) {
                return publisher.publish(name == null ? config.models().name() : name, model, file.path(), uri);
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
        try (ModelTopic models = read()) {
            ModelTopicIndex index = models.index();
            List<Published> all = new ArrayList<>();
            for (String name : index.names()) {
                ModelTopicIndex.Pointer active = index.active(name);
                for (Manifest manifest : index.models(name)) {
                    all.add(new Published(
                            manifest, active != null && active.sha256().equals(manifest.sha256())));
                }
            }
            return all;
        }
    }

    /**
     * Makes an earlier published model active again.
     *
     * @param name the model's name; null for the name in the configuration
     * @param id the first digits of the SHA-256; null for the model that was published before the active one
     * @return the model that is active from now on
     * @throws IllegalArgumentException if there is no such model
     */
    public Manifest rollback(@Nullable String name, @Nullable String id) {
        String ownName = name == null ? config.models().name() : name;
        Manifest to;
        try (ModelTopic models = read()) {
            to = id == null ? before(models.index(), ownName) : byId(models.index(), ownName, id);
        }
        try (ModelPublisher publisher = publisher()) {
            publisher.activate(ownName, to.sha256());
        }
        return to;
    }

    private static Manifest before(ModelTopicIndex index, String name) {
        ModelTopicIndex.Pointer active = index.active(name);
        List<Manifest> models = index.models(name);
        for (int i = 0; active != null && i < models.size() - 1; i++) {
            if (models.get(i).sha256().equals(active.sha256())) {
                return models.get(i + 1);
            }
        }
        throw new IllegalArgumentException("no model " + name + " was published before the active one");
    }

    private static Manifest byId(ModelTopicIndex index, String name, String id) {
        List<Manifest> found = index.models(name).stream()
                .filter(manifest -> manifest.sha256().startsWith(id))
                .toList();
        if (found.size() != 1) {
            throw new IllegalArgumentException("the id of " + (found.isEmpty() ? "no" : "more than one") + " model "
                    + name + " starts with " + id);
        }
        return found.get(0);
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
