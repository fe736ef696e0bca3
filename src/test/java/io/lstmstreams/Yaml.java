package io.lstmstreams;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The YAML files of the repository as JSON trees. */
public final class Yaml {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Yaml() {}

    /** Returns the documents of a file; a key that a mapping has twice is an error. */
    public static List<JsonNode> documents(Path file) {
        try {
            return documents(Files.readString(file));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<JsonNode> documents(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        List<JsonNode> documents = new ArrayList<>();
        // snakeyaml comes with Kafka's server.
        new org.yaml.snakeyaml.Yaml(new SafeConstructor(options))
                .loadAll(text)
                .forEach(document -> documents.add(JSON.valueToTree(document)));
        return documents;
    }
}
