package io.lstmstreams.runtime;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;

/**
 * The same tests against a broker in a container, of another version with {@code -Dkafka.image=apache/kafka:...}.
 * Skipped if no Docker engine answers or
 * the image is not available.
 */
class ContainerApplicationIT extends ApplicationSuite {
    private static final String IMAGE = System.getProperty("kafka.image", "apache/kafka:4.3.1");

    private static KafkaContainer broker;

    @BeforeAll
    static void startBroker() throws InterruptedException {
        assumeTrue(DockerClientFactory.instance().isDockerAvailable(), "no Docker engine answers");
        assumeTrue(isThere() || isPulled(), "the Docker engine neither has the image " + IMAGE + " nor can pull it");
        broker = new KafkaContainer(IMAGE)
                // As root, so that an image with read-only configuration files starts too.
                .withCreateContainerCmdModifier(command -> command.withUser("root"));
        broker.start();
    }

    private static boolean isThere() {
        try {
            return DockerClientFactory.lazyClient().inspectImageCmd(IMAGE).exec() != null;
        } catch (NotFoundException e) {
            return false;
        }
    }

    /** Pulls the image, without the minutes of retries of Testcontainers. */
    private static boolean isPulled() throws InterruptedException {
        try {
            DockerClientFactory.lazyClient().pullImageCmd(IMAGE).start().awaitCompletion();
            return true;
        } catch (DockerException e) {
            return false;
        }
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
