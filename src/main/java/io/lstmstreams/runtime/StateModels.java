package io.lstmstreams.runtime;

import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.input.Model;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.modeltopic.Manifest;
import io.lstmstreams.modeltopic.ModelBundles;
import io.lstmstreams.modeltopic.ModelTopic;
import io.lstmstreams.modeltopic.ModelTopicIndex;
import io.lstmstreams.state.StoredModel;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the models that stored states belong to, to show the states. */
final class StateModels {
    private final LstmStreamsConfig config;
    private final @Nullable String file; // null if models come from the topic
    private final Map<String, Object> consumer;

    /**
     * Creates a finder of the models of a configuration.
     *
     * @param shadow true for the models of the shadow
     * @param consumer the settings of a consumer without a group
     */
    StateModels(LstmStreamsConfig config, boolean shadow, Map<String, Object> consumer) {
        this.config = config;
        this.file = shadow ? config.models().shadowFile() : config.models().file();
        this.consumer = consumer;
    }

    /**
     * Loads a model.
     *
     * @return null if the model is neither the one of the configuration nor in the models topic
     */
    @Nullable
    Model find(StoredModel stored) {
        if (file != null) {
            Model model = ModelFile.load(file);
            if (model.network().fingerprintHex().startsWith(stored.fingerprint())) {
                return model;
            }
        }
        String topicName = config.models().topic();
        return topicName == null ? null : findInTopic(topicName, stored);
    }

    private @Nullable Model findInTopic(String topicName, StoredModel stored) {
        try (ModelTopic topic = ModelTopic.open(consumer, topicName)) {
            topic.catchUp();
            ModelTopicIndex index = topic.index();
            Manifest manifest =
                    stored.id() == 0 ? index.findByFingerprint(stored.fingerprint()) : index.find(stored.name());
            return manifest == null
                    ? null
                    : new ModelBundles(consumer, topicName, config.models().uris())
                            .load(manifest, index.firstChunk(manifest.sha256()));
        }
    }
}
