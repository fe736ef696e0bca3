package io.lstmstreams.runtime;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;

/**
 * The same tests against a broker in a container, of another version with {@code -Dkafka.image=apache/kafka:...}.
 * Skipped if no Docker engine answers.
 */
class ContainerApplicationIT extends ApplicationSuite {
    private static final String IMAGE = System.getProperty("kafka.image", "apache/kafka:4.3.1");

    private static KafkaContainer broker;

    @BeforeAll
    static void startBroker() {
        boolean docker = DockerClientFactory.instance().isDockerAvailable();
        if (!docker) {
            System.out.println(
                    "ContainerApplicationIT is skipped: no Docker engine answers, so " + IMAGE + " cannot run");
        }
        assumeTrue(docker, "no Docker engine answers");
        broker = new KafkaContainer(IMAGE)
                // As root, so that an image with read-only configuration files starts too.
                .withCreateContainerCmdModifier(command -> command.withUser("root"));
        broker.start();
    }

    @AfterAll
    static void stopBroker() {
        if (broker != null) {
            broker.stop();
        }
    }

    @Override
    String bootstrapServers() {
        return broker.getBootstrapServers();
    }
}
