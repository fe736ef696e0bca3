package io.lstmstreams.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import io.lstmstreams.Yaml;
import io.lstmstreams.broker.SecuredBroker.Right;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;

/**
 * The topics, the user's rights and the connection of docker/kubernetes/strimzi.yaml, with the properties of
 * configuration.yaml.
 */
final class StrimziManifests {
    private static final Path FOLDER = Path.of("docker/kubernetes");

    private final List<JsonNode> manifests = Yaml.documents(FOLDER.resolve("strimzi.yaml"));

    private Stream<JsonNode> ofKind(String kind) {
        return manifests.stream()
                .filter(manifest -> manifest.at("/kind").asText().equals(kind));
    }

    /** Returns the partitions of the topics by name. */
    Map<String, Integer> topics() {
        return ofKind("KafkaTopic")
                .collect(Collectors.toMap(
                        topic -> topic.at("/metadata/name").asText(),
                        topic -> topic.at("/spec/partitions").asInt()));
    }

    /** Returns the rights that Strimzi gives to the user. */
    List<Right> rights() {
        List<Right> rights = new ArrayList<>();
        JsonNode user = ofKind("KafkaUser").findFirst().orElseThrow();
        for (JsonNode acl : user.at("/spec/authorization/acls")) {
            JsonNode resource = acl.at("/resource");
            boolean prefix = resource.at("/patternType").asText().equals("prefix");
            for (JsonNode operation : acl.at("/operations")) {
                rights.add(new Right(
                        ResourceType.valueOf(constant(resource.at("/type"))),
                        prefix ? PatternType.PREFIXED : PatternType.LITERAL,
                        resource.at("/name").asText(),
                        AclOperation.valueOf(constant(operation))));
            }
        }
        return rights;
    }

    /** Returns the name of a constant: {@code DESCRIBE_CONFIGS} for {@code DescribeConfigs}. */
    private static String constant(JsonNode camelCase) {
        return camelCase.asText().replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(Locale.ROOT);
    }

    /** Returns the properties in the ConfigMap of the application. */
    static Map<String, String> properties() throws IOException {
        Properties file = new Properties();
        file.load(new StringReader(Yaml.documents(FOLDER.resolve("configuration.yaml"))
                .get(0)
                .at("/data/app.properties")
                .asText()));
        Map<String, String> properties = new HashMap<>();
        file.stringPropertyNames().forEach(key -> properties.put(key, file.getProperty(key)));
        return properties;
    }

    /**
     * Returns the pods' variables, with folders in a directory in place of the mounted Secrets. The folders hold what
     * Strimzi's Secrets hold.
     *
     * @param client the settings of the user's client, with its PKCS12 file and the file's password
     * @param certificate the PEM file with the broker's certificate
     */
    Map<String, String> environment(Map<String, String> client, Path certificate, Path directory) throws IOException {
        Path user = Files.createDirectories(directory.resolve("kafka-user"));
        Files.copy(Path.of(client.get("ssl.keystore.location")), user.resolve("user.p12"));
        Files.writeString(user.resolve("user.password"), client.get("ssl.keystore.password"));
        Path cluster = Files.createDirectories(directory.resolve("kafka-cluster"));
        Files.copy(certificate, cluster.resolve("ca.crt"));
        Map<String, String> environment = new HashMap<>();
        JsonNode connection = ofKind("ConfigMap").findFirst().orElseThrow();
        connection
                .at("/data")
                .properties()
                .forEach(entry -> environment.put(
                        entry.getKey(), entry.getValue().asText().replace("/etc", directory.toString())));
        environment.put("LSTM_STREAMS_BOOTSTRAP_SERVERS", client.get("bootstrap.servers"));
        return environment;
    }
}
