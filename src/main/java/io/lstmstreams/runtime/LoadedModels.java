package io.lstmstreams.runtime;

import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.input.Model;
import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.modelfile.TemporaryModelFile;
import io.lstmstreams.modeltopic.Manifest;
import io.lstmstreams.modeltopic.ModelBundles;
import io.lstmstreams.topology.LstmTopology;
import io.lstmstreams.topology.ModelVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.SoftReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Models that were fetched, checked against the configuration and packed for the kernel. Each is kept while it is in use,
 * or there is memory. Safe for any number of threads.
 */
final class LoadedModels {
    private static final int SHARE_OF_HEAP = 4; // of which one model's file may be

    private final LstmStreamsConfig config;
    private final Kernel kernel;
    private final ModelBundles bundles;
    private final Map<String, Place> places = new ConcurrentHashMap<>(); // by id

    /** The place of one model. Its lock is that of the model's loading, for which only those wait who need this model. */
    private static final class Place {
        private SoftReference<ModelVersion> version = new SoftReference<>(null);
    }

    LoadedModels(LstmStreamsConfig config, Kernel kernel, ModelBundles bundles) {
        this.config = config;
        this.kernel = kernel;
        this.bundles = bundles;
    }

    /**
     * The model of a file that is not in the topic; what results call it is its SHA-256 all the same.
     *
     * @param location a path or a URI
     */
    ModelVersion fromFile(String location) {
        try (TemporaryModelFile copy = TemporaryModelFile.create()) {
            Model model = ModelFile.load(location); // with the spec beside it, if there is one
            LstmTopology.check(config, model);
            ModelFile.fetch(location, copy.path(), Manifest.MOST_BYTES);
            return ModelVersion.of(ModelBundles.sha256(copy.path()), model, kernel);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The model of a manifest.
     *
     * @param firstChunk the offset from which its file is looked for first
     * @throws io.lstmstreams.modeltopic.ModelTopicException if it is not available
     * @throws IllegalArgumentException if it is not what the configuration asks for, or too large
     * @throws IllegalStateException if it has no symbol for unknown events and should
     */
    ModelVersion load(Manifest manifest, long firstChunk) {
        Place place = places.computeIfAbsent(manifest.id(), id -> new Place());
        synchronized (place) {
            ModelVersion version = place.version.get();
            if (version == null) {
                checkSize(manifest);
                Model model = bundles.load(manifest, firstChunk);
                LstmTopology.check(config, model);
                version = ModelVersion.of(manifest.sha256(), model, kernel);
                place.version = new SoftReference<>(version);
            }
            return version;
        }
    }

    private static void checkSize(Manifest manifest) {
        long most = Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP;
        if (manifest.bytes() > most) {
            throw new IllegalArgumentException(
                    "its file has " + manifest.bytes() + " bytes, more than a quarter of the" + " Java heap, " + most);
        }
    }
}
