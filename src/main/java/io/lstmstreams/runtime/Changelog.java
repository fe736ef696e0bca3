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

/** The changelog topic of an application's store, as Kafka Streams names and creates it. */
final class Changelog {
    /** The timeout of the transaction that writes a file of states: the longest one that brokers allow by default. */
    private static final int TRANSACTION_MS = 900_000;

    private final StreamsConfig kafka;
    private final String topic;
    private final String input;
    private final String client;

    /**
     * Describes the changelog topic of a store; the topic may not exist yet.
     *
     * @param store the name of the store
     * @param input the application's input topic
     * @param client the client id for brokers
     */
    Changelog(StreamsConfig kafka, String store, String input, String client) {
        this.kafka = kafka;
        this.topic = topic(kafka, store);
        this.input = input;
        this.client = client;
    }

    /** Returns the name that Kafka Streams gives to the changelog topic of a store. */
    static String topic(StreamsConfig kafka, String store) {
        return kafka.getString(StreamsConfig.APPLICATION_ID_CONFIG) + "-" + store + "-changelog";
    }

    /** Reads the topic, and returns the result of the work. */
    <T> T read(Function<StateTopic, T> work) {
        Brokers.await(kafka.getAdminConfigs(client));
        try (StateTopic states = StateTopic.open(kafka.getGlobalConsumerConfigs(client), topic)) {
            return work.apply(states);
        } catch (KafkaException e) {
            throw failure("read", e);
        }
    }

    /** Creates a writer to the topic. */
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
     * Returns the number of partitions. If the topic does not exist, it is created as Kafka Streams would create it,
     * with as many partitions as the input topic.
     *
     * @throws ApplicationException if the brokers do not answer, or the input topic does not exist
     */
    int partitions() {
        try (Admin admin = Admin.create(kafka.getAdminConfigs(client))) {
            int partitions = Topics.partitions(admin, topic);
            if (partitions > 0) {
                return partitions;
            }
            int inputPartitions = Topics.partitions(admin, input);
            if (inputPartitions == 0) {
                throw new ApplicationException("the input topic " + input + " does not exist");
            }
            Map<String, String> settings = new HashMap<>(Map.of(
                    TopicConfig.CLEANUP_POLICY_CONFIG,
                    TopicConfig.CLEANUP_POLICY_COMPACT,
                    TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
                    "CreateTime"));
            kafka.originalsWithPrefix(StreamsConfig.TOPIC_PREFIX)
                    .forEach((key, value) -> settings.put(key, value.toString()));
            int replicas = kafka.getInt(StreamsConfig.REPLICATION_FACTOR_CONFIG);
            NewTopic created = new NewTopic(
                    topic,
                    Optional.of(inputPartitions),
                    replicas < 1 ? Optional.empty() : Optional.of((short) replicas));
            admin.createTopics(List.of(created.configs(settings))).all().get();
            return inputPartitions;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApplicationException("interrupted while the topic " + topic + " was read or created", e);
        } catch (ExecutionException e) {
            throw failure("read or created", Failures.causeOf(e));
        } catch (KafkaException e) {
            throw failure("read or created", e);
        }
    }

    /** Returns the exception for a failure of the topic. */
    ApplicationException failure(String what, Throwable cause) {
        if (cause instanceof TimeoutException) {
            return new ApplicationException(
                    "no broker at " + String.join(",", kafka.getList(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG))
                            + " answers for topic " + topic,
                    cause);
        }
        return new ApplicationException(topic + " cannot be " + what + ": " + Failures.innermost(cause), cause);
    }
}
