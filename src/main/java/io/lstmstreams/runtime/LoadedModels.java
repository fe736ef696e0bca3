package io.lstmstreams.runtime;

import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.input.Model;
import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.modelfile.TemporaryModelFile;
import io.lstmstreams.modeltopic.Manifest;
import io.lstmstreams.modeltopic.ModelBundles;
import io.lstmstreams.modeltopic.ModelTopicException;
import io.lstmstreams.modeltopic.ModelTopicIndex;
import io.lstmstreams.topology.LstmTopology;
import io.lstmstreams.topology.ModelVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.SoftReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The models that were fetched, checked against the configuration and packed for the kernel. A model stays loaded
 * while it is in use or there is memory. Safe for any number of threads.
 */
final class LoadedModels {
    private static final int SHARE_OF_HEAP = 4; // a model file may have one part in this many

    private final LstmStreamsConfig config;
    private final Kernel kernel;
    private final ModelBundles bundles;
    private final Map<String, Place> places = new ConcurrentHashMap<>(); // by id

    /** A place for one model. Its lock guards the loading, so that only threads that need this model wait. */
    private static final class Place {
        private SoftReference<ModelVersion> version = new SoftReference<>(null);
    }

    LoadedModels(LstmStreamsConfig config, Kernel kernel, ModelBundles bundles) {
        this.config = config;
        this.kernel = kernel;
        this.bundles = bundles;
    }

    /**
     * Loads the model of a file that is not in the topic. Results name this model by its SHA-256, too.
     *
     * @param location a path or a URI
     */
    ModelVersion fromFile(String location) {
        try (TemporaryModelFile copy = TemporaryModelFile.create()) {
            Model model = ModelFile.load(location); // with the spec file beside it, if there is one
            LstmTopology.check(config, model);
            ModelFile.fetch(location, copy.path(), Manifest.MAX_BYTES);
            return ModelVersion.of(ModelBundles.sha256(copy.path()), model, kernel);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Loads the model of a manifest.
     *
     * @param index the index of the topic, which knows the position of the model's file
     * @throws ModelTopicException if the model is not available
     * @throws IllegalArgumentException if the model does not meet the configuration's requirements, or is too large
     * @throws IllegalStateException if the configuration requires a symbol for unknown events and the model has none
     */
    ModelVersion load(Manifest manifest, ModelTopicIndex index) {
        Place place = places.computeIfAbsent(manifest.id(), id -> new Place());
        synchronized (place) {
            ModelVersion version = place.version.get();
            if (version == null) {
                checkSize(manifest);
                Model model = bundles.load(manifest, index.firstChunk(manifest.sha256()));
                LstmTopology.check(config, model);
                version = ModelVersion.of(manifest.sha256(), model, kernel);
                place.version = new SoftReference<>(version);
            }
            return version;
        }
    }

    /** Returns whether a failure to load a model may be over when it is tried again. */
    static boolean isTransient(RuntimeException e) {
        return e instanceof ModelTopicException failure && failure.isTransient();
    }

    private static void checkSize(Manifest manifest) {
        long most = Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP;
        if (manifest.bytes() > most) {
            throw new IllegalArgumentException("its file must have at most a quarter of the Java heap, " + most
                    + " bytes, but has " + manifest.bytes());
        }
    }
}
