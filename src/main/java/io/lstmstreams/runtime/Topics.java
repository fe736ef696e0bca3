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
import org.apache.kafka.clients.admin.AdminClientConfig;
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
 * The topics around the topology: the one that is read must be there, or the broker be one that makes topics when they are
 * asked for; those that are written are made if they are missing.
 */
final class Topics {
    private static final Logger LOG = LoggerFactory.getLogger(Topics.class);
    private static final int TIMEOUT_MS = 30_000;
    private static final Duration UNTIL_MADE = Duration.ofSeconds(5);
    private static final long ASK_AGAIN_MS = 100;

    private Topics() {}

    /**
     * Checks and makes topics. Waits for brokers as long as {@code default.api.timeout.ms} says, or half a minute.
     *
     * @param config where the brokers are and how to talk to them
     * @param input the topic that is read
     * @param written the topics that are written; those that are missing get as many partitions as the input has
     * @return the number of the input's partitions
     * @throws ApplicationException if the brokers do not answer, or the input does not exist
     */
    static int prepare(StreamsConfig config, String input, Set<String> written) {
        Map<String, Object> settings = new HashMap<>(config.getAdminConfigs("topics"));
        if (!settings.containsKey(
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG)) { // which must not be the longer of the two
            settings.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MS);
        }
        try (Admin client = Admin.create(settings)) {
            Set<String> there = client.listTopics().names().get();
            int partitions = there.contains(input) ? partitions(client, input) : madeWhenAskedFor(config, input);
            if (partitions == 0) {
                throw new ApplicationException("the input topic " + input + " does not exist", null);
            }
            Set<String> missing = new LinkedHashSet<>(written);
            missing.removeAll(there);
            for (String topic : missing) {
                create(client, topic, partitions);
            }
            return partitions;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApplicationException("interrupted while looking at the topics", e);
        } catch (ExecutionException | KafkaException e) {
            Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
            if (cause instanceof TimeoutException) {
                throw new ApplicationException(
                        "no broker answers at " + settings.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG), cause);
            }
            throw new ApplicationException("the topics cannot be looked at: " + Failures.innermost(cause), cause);
        }
    }

    /** The number of a topic's partitions; 0 if there is no such topic. */
    static int partitions(Admin client, String topic) throws InterruptedException, ExecutionException {
        try {
            return client.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get()
                    .get(topic)
                    .partitions()
                    .size();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return 0;
            }
            throw e;
        }
    }

    /**
     * Asks for a topic that does not exist, as a consumer does: a broker with {@code auto.create.topics.enable} makes it.
     *
     * @return the number of its partitions; 0 if it was not made
     */
    private static int madeWhenAskedFor(StreamsConfig config, String topic) throws InterruptedException {
        Map<String, Object> settings =
                new HashMap<>(config.getGlobalConsumerConfigs("topics")); // those without a group
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, true);
        long deadline = System.nanoTime() + UNTIL_MADE.toNanos();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            int partitions = consumer.partitionsFor(topic).size();
            while (partitions == 0 && System.nanoTime() < deadline) {
                Thread.sleep(ASK_AGAIN_MS);
                partitions = consumer.partitionsFor(topic).size();
            }
            if (partitions > 0) {
                LOG.warn("topic {} did not exist: the broker made it with {} partitions", topic, partitions);
            }
            return partitions;
        }
    }

    private static void create(Admin client, String topic, int partitions) throws InterruptedException {
        try {
            client.createTopics(List.of(new NewTopic(topic, Optional.of(partitions), Optional.empty())))
                    .all()
                    .get();
            LOG.info("topic {} did not exist: made it with {} partitions", topic, partitions);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) { // to those who may not write to it, it does not exist
                throw new ApplicationException(
                        "the topic " + topic
                                + " may neither be seen nor made: the application's user needs WRITE on it, and"
                                + " CREATE if it does not exist",
                        e.getCause());
            }
            if (!(e.getCause() instanceof TopicExistsException)) { // another instance was faster
                throw new ApplicationException(
                        "the topic " + topic + " does not exist and cannot be made: "
                                + e.getCause().getMessage(),
                        e.getCause());
            }
        }
    }
}
