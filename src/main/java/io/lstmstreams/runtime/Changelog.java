package io.lstmstreams.runtime;

import io.lstmstreams.statetopic.StateTopic;
import io.lstmstreams.statetopic.StateWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.streams.StreamsConfig;

/** The changelog topic of an application's store, as Kafka Streams names and makes it. */
final class Changelog {
    /** What brokers allow a transaction by default, in which a file of states is written. */
    private static final int TRANSACTION_MS = 900_000;

    private final StreamsConfig kafka;
    private final String topic;
    private final String input;
    private final String client;

    /**
     * That of a store.
     *
     * @param input the application's input topic
     * @param client what brokers know the clients by
     */
    Changelog(StreamsConfig kafka, String store, String input, String client) {
        this.kafka = kafka;
        this.topic = topic(kafka, store);
        this.input = input;
        this.client = client;
    }

    /** What Kafka Streams calls that of a store. */
    static String topic(StreamsConfig kafka, String store) {
        return kafka.getString(StreamsConfig.APPLICATION_ID_CONFIG) + "-" + store + "-changelog";
    }

    /** Does something with the topic as it is read. */
    <T> T read(Function<StateTopic, T> work) {
        try (StateTopic states = StateTopic.open(kafka.getGlobalConsumerConfigs(client), topic)) {
            return work.apply(states);
        } catch (KafkaException e) {
            throw failure("read", e);
        }
    }

    /** Begins to write to the topic. */
    StateWriter writer() {
        Map<String, Object> settings = new HashMap<>(kafka.getProducerConfigs(client));
        Map<String, Object> given = kafka.originals();
        if (!given.containsKey(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG)
                && !given.containsKey(StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG))) {
            settings.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_MS);
        }
        String transactionalId = kafka.getString(StreamsConfig.APPLICATION_ID_CONFIG) + "-" + client;
        return new StateWriter(settings, transactionalId, topic);
    }

    /**
     * The number of its partitions. Where there is no such topic yet, it is made as Kafka Streams would make it, with the
     * partitions of the input.
     */
    int partitions() {
        try (Admin admin = Admin.create(kafka.getAdminConfigs(client))) {
            int partitions = Topics.partitions(admin, topic);
            if (partitions > 0) {
                return partitions;
            }
            int ofInput = Topics.partitions(admin, input);
            if (ofInput == 0) {
                throw new ApplicationException("the input topic " + input + " does not exist", null);
            }
            Map<String, String> settings = new HashMap<>(Map.of(
                    TopicConfig.CLEANUP_POLICY_CONFIG,
                    TopicConfig.CLEANUP_POLICY_COMPACT,
                    TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
                    "CreateTime"));
            kafka.originalsWithPrefix(StreamsConfig.TOPIC_PREFIX)
                    .forEach((key, value) -> settings.put(key, value.toString()));
            int replicas = kafka.getInt(StreamsConfig.REPLICATION_FACTOR_CONFIG);
            NewTopic made = new NewTopic(
                    topic, Optional.of(ofInput), replicas < 1 ? Optional.empty() : Optional.of((short) replicas));
            admin.createTopics(List.of(made.configs(settings))).all().get();
            return ofInput;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApplicationException("interrupted while looking at " + topic, e);
        } catch (ExecutionException e) {
            throw failure("looked at or made", e.getCause());
        } catch (KafkaException e) {
            throw failure("looked at or made", e);
        }
    }

    /** Why the topic cannot be used, in one line. */
    ApplicationException failure(String what, Throwable cause) {
        if (cause instanceof TimeoutException) {
            return new ApplicationException(
                    "no broker answers at "
                            + String.join(",", kafka.getList(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG)) + " about "
                            + topic,
                    cause);
        }
        return new ApplicationException(topic + " cannot be " + what + ": " + Failures.innermost(cause), cause);
    }
}
