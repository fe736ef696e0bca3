package io.lstmstreams.importer.torch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.CompleteDraft;
import io.lstmstreams.importer.draft.Inference;
import io.lstmstreams.modelfile.tensor.Safetensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;

/** The files that fixtures/torch/make_torch_files.py created. */
final class TorchFixtures {
    private static final ObjectMapper JSON = new ObjectMapper();

    private TorchFixtures() {}

    static Path path(String name) {
        try {
            return Path.of(Objects.requireNonNull(
                            TorchFixtures.class.getResource("/io/lstmstreams/fixtures/torch/" + name), name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(name, e);
        }
    }

    static ObjectNode spec(String json) {
        try {
            return (ObjectNode) JSON.readTree(json.replace('\'', '"'));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a spec whose execution is the inferred one. */
    static ObjectNode carried(String json) {
        ObjectNode spec = spec(json);
        spec.withObject("/execution").put("mode", "carry");
        return spec;
    }

    /** Returns a spec that says that a model predicts events. */
    static ObjectNode ofEvents() {
        return spec("{'scoring':{'rule':'rank-above','rank':9}}");
    }

    /** Returns the spec of a fixture, all of which predict events. */
    static ObjectNode specOf(String name) {
        try {
            JsonNode files = JSON.readTree(path("expected.json").toFile()).get("files");
            ObjectNode spec = files.has(name) ? (ObjectNode) files.get(name).get("spec") : JSON.createObjectNode();
            spec.setAll(ofEvents());
            return spec;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static CompleteDraft read(Path path, ObjectNode spec) {
        String file = path.getFileName().toString();
        return file.endsWith(".safetensors")
                ? Inference.complete(
                        TorchImporter.of(Safetensors.read(path, file, StoredLayers::isCounter), file, spec), spec)
                : Inference.complete(TorchImporter.read(path, file, spec), spec);
    }

    static CompleteDraft read(String name) {
        return read(path(name), specOf(name));
    }
}
