package io.lstmstreams.runtime;

import io.lstmstreams.config.LstmStreamsConfig;
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

/** What operators do with the models topic of an application, which need not run. Not thread-safe. */
public final class ModelAdministration {
    private static final String CLIENT = "model-administration";

    private final LstmStreamsConfig config;
    private final StreamsConfig kafka;

    /**
     * For the application of a configuration.
     *
     * @throws ConfigException if it has no models topic
     */
    public ModelAdministration(LstmStreamsConfig config) {
        if (config.modelTopic() == null) {
            throw new ConfigException(
                    LstmStreamsConfig.MODEL_TOPIC_CONFIG + " is not set: there is no topic of models");
        }
        this.config = config;
        this.kafka = new StreamsConfig(config.kafka());
    }

    /**
     * A model of the topic.
     *
     * @param manifest what is known of it
     * @param active whether it is the active one of its name
     */
    public record Published(Manifest manifest, boolean active) {}

    /**
     * Publishes a model, which is the active one of its name from then on.
     *
     * @param name null for that of the configuration
     * @param location a path or a URI of the model's file
     * @param uri where instances shall fetch it; null to put the file into the topic
     * @throws ModelFileException if there is no usable model
     * @throws IllegalArgumentException if it is not what the configuration needs, or the URI has another file
     */
    public Manifest publish(String name, String location, String uri) {
        Model model = ModelFile.load(location);
        LstmTopology.check(config, model);
        try (TemporaryModelFile file = TemporaryModelFile.create()) {
            copy(model, location, file.path());
            if (uri != null) {
                checkSame(file.path(), uri);
            }
            ModelTopic.prepare(kafka.getAdminConfigs(CLIENT), config.modelTopic());
            try (ModelPublisher publisher = publisher()) {
                return publisher.publish(name == null ? config.modelName() : name, model, file.path(), uri);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The file as it is, unless something beside it belongs to it: then the model is written again, into one file. */
    private static void copy(Model model, String location, Path to) {
        ModelFile.fetch(location, to, Manifest.MOST_BYTES);
        try {
            if (ModelFile.spec(ModelFile.load(to)).equals(ModelFile.spec(model))) {
                return;
            }
        } catch (ModelFileException e) {
            // the spec beside it is missing here
        }
        ModelFile.save(model, to);
    }

    private static void checkSame(Path file, String uri) throws IOException {
        try (TemporaryModelFile fetched = TemporaryModelFile.create()) {
            ModelFile.fetch(uri, fetched.path(), Manifest.MOST_BYTES);
            if (Files.mismatch(file, fetched.path()) >= 0) {
                throw new IllegalArgumentException("the URI has another file than the one that is to be published");
            }
        }
    }

    private ModelPublisher publisher() {
        Map<String, Object> settings = kafka.getProducerConfigs(CLIENT);
        return new ModelPublisher(settings, config.modelTopic());
    }

    /** All models of the topic, by name and the newest of each first. */
    public List<Published> list() {
        try (ModelTopic topic = read()) {
            ModelTopicIndex index = topic.index();
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
     * Makes a model that was published before the active one again.
     *
     * @param name null for that of the configuration
     * @param id the beginning of its SHA-256; null for the one that was published before the active one
     * @throws IllegalArgumentException if there is none
     */
    public Manifest rollback(String name, String id) {
        String ofName = name == null ? config.modelName() : name;
        Manifest to;
        try (ModelTopic topic = read()) {
            to = id == null ? before(topic.index(), ofName) : byId(topic.index(), ofName, id);
        }
        try (ModelPublisher publisher = publisher()) {
            publisher.activate(ofName, to.sha256());
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
            throw new IllegalArgumentException(
                    (found.isEmpty() ? "no model " : "more than one model ") + name + " begins with " + id);
        }
        return found.get(0);
    }

    private ModelTopic read() {
        ModelTopic topic = ModelTopic.open(kafka.getGlobalConsumerConfigs(CLIENT), config.modelTopic());
        try {
            topic.catchUp();
            return topic;
        } catch (RuntimeException e) {
            topic.close();
            throw e;
        }
    }
}
