package io.lstmstreams.soak;

import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.input.Model;
import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.load.Expectation;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.runtime.ModelAdministration;
import io.lstmstreams.topology.ModelVersion;
import io.lstmstreams.topology.TinyModels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Two models that alternate in the models topic. Not thread-safe. */
final class PublishedModels {
    private static final int MODELS = 2;

    private final long seed;
    private final Path directory;
    private final ModelAdministration administration;
    private final Kernel kernel;
    private final Map<String, Model> names = new TreeMap<>(); // as results show them
    private int published;

    PublishedModels(long seed, Path directory, Map<String, String> settings, Kernel kernel) {
        this.seed = seed;
        this.directory = directory;
        this.administration = new ModelAdministration(LstmStreamsConfig.of(settings, Map.of()));
        this.kernel = kernel;
    }

    /** Publishes the next model, which processes all sequences that start from then on. */
    void publishNext() {
        int number = published++ % MODELS;
        Model model = TinyModels.events(seed + number);
        Path file = directory.resolve("model-" + number + ".safetensors");
        if (!file.toFile().exists()) {
            ModelFile.save(model, file);
        }
        String sha256 = administration.publish(null, file.toString(), null).sha256();
        names.put(ModelVersion.of(sha256, model, kernel).name(), model);
    }

    int published() {
        return published;
    }

    /** Replays a load with each model. */
    void replay(Expectation expectation) throws IOException {
        for (Map.Entry<String, Model> model : names.entrySet()) {
            expectation.replay(model.getKey(), model.getValue(), kernel, Set.of());
        }
    }
}
