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

/** The models that stored states belong to, fetched to look at a state and not to step it. */
final class StateModels {
    private final LstmStreamsConfig config;
    private final String file; // null if the configuration names none
    private final Map<String, Object> consumer;

    /**
     * Those that a configuration names.
     *
     * @param shadow whether it is about the shadow's
     * @param consumer settings of one without a group
     */
    StateModels(LstmStreamsConfig config, boolean shadow, Map<String, Object> consumer) {
        this.config = config;
        this.file = shadow ? config.shadowModelFile() : config.model();
        this.consumer = consumer;
    }

    /**
     * Loads a model.
     *
     * @return null if it is neither the one of the configuration nor in the topic
     */
    Model find(StoredModel stored) {
        if (file != null) {
            Model model = ModelFile.load(file);
            if (model.network().fingerprintHex().startsWith(stored.fingerprint())) {
                return model;
            }
        }
        return config.modelTopic() == null ? null : findInTopic(stored);
    }

    private Model findInTopic(StoredModel stored) {
        try (ModelTopic topic = ModelTopic.open(consumer, config.modelTopic())) {
            topic.catchUp();
            ModelTopicIndex index = topic.index();
            Manifest manifest =
                    stored.id() == 0 ? index.findByFingerprint(stored.fingerprint()) : index.find(stored.name());
            return manifest == null
                    ? null
                    : new ModelBundles(consumer, config.modelTopic(), config.modelUris())
                            .load(manifest, index.firstChunk(manifest.sha256()));
        }
    }
}
