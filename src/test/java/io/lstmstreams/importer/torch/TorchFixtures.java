package io.lstmstreams.importer.torch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.Draft;
import io.lstmstreams.modelfile.tensor.Safetensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;

/** The files that fixtures/torch/make_torch_files.py made. */
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

    static ObjectNode specOf(String name) {
        try {
            JsonNode files = JSON.readTree(path("expected.json").toFile()).get("files");
            return files.has(name) ? (ObjectNode) files.get(name).get("spec") : JSON.createObjectNode();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Draft read(Path path, ObjectNode spec) {
        String file = path.getFileName().toString();
        return file.endsWith(".safetensors")
                ? TorchImporter.of(Safetensors.read(path, file, Blocks::isCounter), file, spec)
                : TorchImporter.read(path, file, spec);
    }

    static Draft read(String name) {
        return read(path(name), specOf(name));
    }
}
