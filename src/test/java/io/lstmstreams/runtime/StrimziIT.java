package io.lstmstreams.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lstmstreams.Yaml;
import io.lstmstreams.broker.SecuredBroker;
import io.lstmstreams.broker.SecuredBroker.Right;
import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.input.Model;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.topology.TinyModels;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The topics, the user's rights and the connection of docker/kubernetes/strimzi.yaml, with the properties of
 * configuration.yaml, on a broker that allows only what an ACL allows. The test does what Strimzi does with the file: it
 * creates topics and ACLs, and writes the user's key as Strimzi's Secret has it.
 */
class StrimziIT {
    private static final String PASSWORD = "store-secret";
    private static final List<JsonNode> MANIFESTS = Yaml.documents(Path.of("docker/kubernetes/strimzi.yaml"));

    @TempDir
    Path directory;

    private static List<JsonNode> ofKind(String kind) {
        List<JsonNode> found = MANIFESTS.stream()
                .filter(manifest -> manifest.at("/kind").asText().equals(kind))
                .toList();
        assertThat(found).as(kind).isNotEmpty();
        return found;
    }

    /** Returns the rights that Strimzi gives to the user: {@code PatternType.PREFIXED} is "prefix" there. */
    private static List<Right> rights(JsonNode user) {
        List<Right> rights = new ArrayList<>();
        for (JsonNode acl : user.at("/spec/authorization/acls")) {
            JsonNode resource = acl.at("/resource");
            String type = resource.at("/type").asText();
            boolean prefix = resource.at("/patternType").asText().equals("prefix");
            for (JsonNode operation : acl.at("/operations")) {
                rights.add(new Right(
                        ResourceType.fromString(type.equals("transactionalId") ? "TRANSACTIONAL_ID" : type),
                        prefix ? PatternType.PREFIXED : PatternType.LITERAL,
                        resource.at("/name").asText(),
                        AclOperation.fromString(
                                operation.asText().equals("DescribeConfigs")
                                        ? "DESCRIBE_CONFIGS"
                                        : operation.asText())));
            }
        }
        assertThat(rights)
                .noneMatch(right -> right.type() == ResourceType.UNKNOWN || right.operation() == AclOperation.UNKNOWN);
        return rights;
    }

    private Map<String, String> properties(Model model) throws Exception {
        JsonNode map =
                Yaml.documents(Path.of("docker/kubernetes/configuration.yaml")).get(0);
        Properties file = new Properties();
        file.load(new StringReader(map.at("/data/app.properties").asText()));
        Map<String, String> properties = new HashMap<>();
        file.stringPropertyNames().forEach(key -> properties.put(key, file.getProperty(key)));
        ModelFile.save(model, directory.resolve("model.safetensors"));
        properties.put("lstm.model", directory.resolve("model.safetensors").toString());
        properties.put("state.dir", directory.resolve("states").toString());
        return properties;
    }

    /** Returns the variables of the pods, with the folders of this test in place of the mounted Secrets. */
    private Map<String, String> environment(SecuredBroker broker) throws Exception {
        Map<String, String> client = broker.certificateClient();
        Path user = Files.createDirectories(directory.resolve("kafka-user"));
        Path cluster = Files.createDirectories(directory.resolve("kafka-cluster"));
        Files.copy(Path.of(client.get("ssl.keystore.location")), user.resolve("user.p12"));
        Files.writeString(user.resolve("user.password"), PASSWORD);
        Files.copy(broker.certificate(), cluster.resolve("ca.crt"));
        Map<String, String> environment = new HashMap<>();
        ofKind("ConfigMap")
                .get(0)
                .at("/data")
                .properties()
                .forEach(entry -> environment.put(
                        entry.getKey(), entry.getValue().asText().replace("/etc", directory.toString())));
        environment.put("LSTM_STREAMS_BOOTSTRAP_SERVERS", client.get("bootstrap.servers"));
        return environment;
    }

    @Test
    void shouldRunWithTheTopicsTheUserAndTheConnectionOfTheManifests() throws Exception {
        // Given
        Model model = TinyModels.events();
        try (SecuredBroker secured = new SecuredBroker(Files.createDirectories(directory.resolve("data")), PASSWORD)) {
            Broker broker = new Broker(secured.bootstrapServers());
            for (JsonNode topic : ofKind("KafkaTopic")) {
                broker.createTopic(
                        topic.at("/metadata/name").asText(),
                        topic.at("/spec/partitions").asInt());
            }
            secured.allowOnly("CN=client", rights(ofKind("KafkaUser").get(0)));
            Sessions sessions = new Sessions(model, "events", 20, null);
            broker.send(sessions.records());

            // When
            try (LstmApplication application =
                    LstmApplication.start(LstmStreamsConfig.of(properties(model), environment(secured)))) {
                broker.read(
                        "verdicts", found -> found.size() >= sessions.verdicts().size());

                // Then
                assertThat(application.isRunning()).isTrue();
            }
            assertThat(broker.readAll("results")).isNotEmpty();
            assertThat(broker.topics()).contains("lstm-streams-recurrent-state-changelog", "lstm-streams-dead-letters");
        }
    }

    /** The StatefulSet mounts the Secrets of Strimzi where the connection expects them. */
    @Test
    void shouldMountTheSecretsWhereTheConnectionExpectsThem() {
        JsonNode pod = Yaml.documents(Path.of("docker/kubernetes/statefulset.yaml"))
                .get(1)
                .at("/spec/template/spec");
        String user = ofKind("KafkaUser").get(0).at("/metadata/name").asText();
        String cluster = ofKind("KafkaUser")
                .get(0)
                .at("/metadata/labels/strimzi.io~1cluster")
                .asText();
        Map<String, String> folders = new HashMap<>();
        for (JsonNode volume : pod.at("/volumes")) {
            for (JsonNode mount : pod.at("/containers/0/volumeMounts")) {
                if (mount.at("/name").equals(volume.at("/name"))) {
                    folders.put(
                            volume.at("/secret/secretName").asText(),
                            mount.at("/mountPath").asText());
                }
            }
        }
        JsonNode connection = ofKind("ConfigMap").get(0);

        assertThat(connection.at("/data/LSTM_STREAMS_SSL_KEYSTORE_LOCATION").asText())
                .isEqualTo(folders.get(user) + "/user.p12");
        assertThat(connection.at("/data/LSTM_STREAMS_SSL_KEYSTORE_PASSWORD").asText())
                .isEqualTo("${directory:" + folders.get(user) + ":user.password}");
        assertThat(connection.at("/data/LSTM_STREAMS_SSL_TRUSTSTORE_LOCATION").asText())
                .isEqualTo(folders.get(cluster + "-cluster-ca-cert") + "/ca.crt");
        assertThat(pod.at("/containers/0/envFrom"))
                .anyMatch(source -> source.at("/configMapRef/name").equals(connection.at("/metadata/name")));
        for (JsonNode topic : ofKind("KafkaTopic")) {
            assertThat(topic.at("/metadata/labels/strimzi.io~1cluster").asText())
                    .isEqualTo(cluster);
        }
    }
}
