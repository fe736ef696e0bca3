package io.lstmstreams.runtime;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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
        assumeTrue(
                docker("image", "inspect", IMAGE) || docker("pull", IMAGE),
                "no Docker engine answers, or it neither has the image " + IMAGE + " nor can pull it");
        assumeTrue(isUsable(), "Testcontainers cannot use the Docker engine");
        broker = new KafkaContainer(IMAGE)
                // As root, so that an image with read-only configuration files starts too.
                .withCreateContainerCmdModifier(command -> command.withUser("root"));
        broker.start();
    }

    private static boolean isUsable() {
        try {
            return DockerClientFactory.instance().isDockerAvailable();
        } catch (RuntimeException e) { // for example an image of its own that it cannot pull
            return false;
        }
    }

    /** Runs a command of Docker: Testcontainers would try for minutes to pull an image that cannot be pulled. */
    private static boolean docker(String... arguments) throws InterruptedException {
        List<String> command = new ArrayList<>(List.of("docker"));
        command.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor() == 0;
        } catch (IOException e) {
            return false; // there is no such command
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
