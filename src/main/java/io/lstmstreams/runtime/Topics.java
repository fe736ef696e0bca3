package io.lstmstreams.runtime;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.streams.StreamsConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prepares the topics of the topology. The input topic must exist, unless the brokers create topics automatically.
 * Output topics are created if they do not exist.
 */
final class Topics {
    private static final Logger LOG = LoggerFactory.getLogger(Topics.class);
    private static final Duration CREATION_TIMEOUT = Duration.ofSeconds(5);
    private static final long RETRY_MS = 100;

    private Topics() {}

    /**
     * Checks the input topic and creates output topics. Waits for brokers for {@code default.api.timeout.ms}, by
     * default 30 s.
     *
     * @param config the brokers and the settings of their clients
     * @param input the input topic
     * @param outputs the output topics; those that do not exist are created with as many partitions as the input
     *     topic
     * @return the number of partitions of the input topic
     * @throws ApplicationException if the brokers do not answer, or the input topic does not exist
     */
    static int prepare(StreamsConfig config, String input, Set<String> outputs) {
        Map<String, Object> settings = Brokers.patient(config.getAdminConfigs("topics"));
        try (Admin client = Brokers.open(settings)) {
            Set<String> existing = Brokers.answer(client.listTopics().names(), settings);
            int partitions = existing.contains(input) ? partitions(client, input) : createByRequest(config, input);
            if (partitions == 0) {
                throw new ApplicationException("the input topic " + input + " does not exist");
            }
            Set<String> missing = new LinkedHashSet<>(outputs);
            missing.removeAll(existing);
            for (String topic : missing) {
                create(client, topic, partitions);
            }
            return partitions;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApplicationException("interrupted while the topics were read", e);
        } catch (ExecutionException | KafkaException e) {
            Throwable cause = e instanceof ExecutionException failed ? Failures.causeOf(failed) : e;
            if (cause instanceof TimeoutException) {
                throw Brokers.failure(settings, cause);
            }
            throw new ApplicationException("the topics cannot be read: " + Failures.innermost(cause), cause);
        }
    }

    /** Returns the number of partitions of a topic; 0 if the topic does not exist. */
    static int partitions(Admin client, String topic) throws InterruptedException, ExecutionException {
        try {
            return client.describeTopics(List.of(topic)).allTopicNames().get().values().stream()
                    .mapToInt(description -> description.partitions().size())
                    .sum();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return 0;
            }
            throw e;
        }
    }

    /**
     * Requests a topic that does not exist, as a consumer does. A broker with {@code auto.create.topics.enable}
     * creates it.
     *
     * @return the number of its partitions; 0 if it was not created
     */
    private static int createByRequest(StreamsConfig config, String topic) throws InterruptedException {
        Map<String, Object> settings = new HashMap<>(config.getGlobalConsumerConfigs("topics")); // without a group
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, true);
        long deadline = System.nanoTime() + CREATION_TIMEOUT.toNanos();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            int partitions = consumer.partitionsFor(topic).size();
            while (partitions == 0 && System.nanoTime() < deadline) {
                Thread.sleep(RETRY_MS);
                partitions = consumer.partitionsFor(topic).size();
            }
            if (partitions > 0) {
                LOG.warn("topic {} did not exist: the broker created it with {} partitions", topic, partitions);
            }
            return partitions;
        }
    }

    private static void create(Admin client, String topic, int partitions) throws InterruptedException {
        try {
            client.createTopics(List.of(new NewTopic(topic, Optional.of(partitions), Optional.empty())))
                    .all()
                    .get();
            LOG.info("topic {} did not exist and was created with {} partitions", topic, partitions);
        } catch (ExecutionException e) {
            Throwable cause = Failures.causeOf(e);
            if (cause instanceof AuthorizationException) { // without WRITE, a topic seems not to exist
                throw new ApplicationException(
                        "the topic " + topic
                                + " can neither be read nor created: the application's user needs WRITE on it, and"
                                + " CREATE if it does not exist",
                        cause);
            }
            if (!(cause instanceof TopicExistsException)) { // another instance was faster
                throw new ApplicationException(
                        "the topic " + topic + " does not exist and cannot be created: " + cause.getMessage(), cause);
            }
        }
    }
}
