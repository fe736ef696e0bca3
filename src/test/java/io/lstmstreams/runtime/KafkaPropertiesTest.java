package io.lstmstreams.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.topology.DeadLetterHandler;
import io.lstmstreams.topology.FetchedRecords;
import io.lstmstreams.topology.SendFailureHandler;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaPropertiesTest {

    private static Map<String, Object> properties(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(Map.of(
                "lstm.model",
                "m",
                "lstm.input.topic",
                "events",
                "lstm.output.topic",
                "results",
                "application.id",
                "app",
                "bootstrap.servers",
                "broker:9092"));
        all.putAll(more);
        all.values().remove("");
        try (StoreMemory memory = new StoreMemory(8 << 20)) {
            return KafkaProperties.of(LstmStreamsConfig.of(all, Map.of()), new FetchedRecords(), memory);
        }
    }

    @Test
    void shouldProcessExactlyOnceByDefault() {
        assertThat(properties(Map.of())).containsEntry("processing.guarantee", "exactly_once_v2");
        assertThat(properties(Map.of("processing.guarantee", "at_least_once")))
                .containsEntry("processing.guarantee", "at_least_once");
    }

    @Test
    void shouldSendBadRecordsToATopicOfTheApplicationUnlessToldOtherwise() {
        String topic = StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG;

        assertThat(properties(Map.of()))
                .containsEntry(topic, "app-dead-letters")
                .containsEntry("processing.exception.handler", DeadLetterHandler.class)
                .containsEntry("production.exception.handler", SendFailureHandler.class);
        assertThat(properties(Map.of(topic, "mine"))).containsEntry(topic, "mine");
    }

    @Test
    void shouldBoundTheMemoryOfStoresByDefault() {
        assertThat(properties(Map.of())).containsEntry("rocksdb.config.setter", StoreMemory.Setter.class);
        assertThat(properties(Map.of("rocksdb.config.setter", "a.Setter")))
                .containsEntry("rocksdb.config.setter", "a.Setter");
    }

    @Test
    void shouldPassOnKafkasKeysAndNotOurs() {
        assertThat(properties(Map.of("num.stream.threads", "3", "main.consumer.max.poll.records", "7")))
                .containsEntry("num.stream.threads", "3")
                .containsEntry("main.consumer.max.poll.records", "7")
                .allSatisfy((key, value) -> assertThat(key).doesNotStartWith("lstm."));
    }

    @ParameterizedTest
    @ValueSource(strings = {"interceptor.classes", "consumer.interceptor.classes", "main.consumer.interceptor.classes"})
    void shouldKeepTheUsersInterceptors(String key) {
        assertThat(properties(Map.of(key, "a.First, a.Second")))
                .containsEntry(
                        "main.consumer.interceptor.classes",
                        List.of("a.First", "a.Second", FetchedRecords.Interceptor.class.getName()));
    }

    @Test
    void shouldSendResultsSoonByDefault() {
        assertThat(properties(Map.of())).containsEntry("producer.linger.ms", 2);
        assertThat(properties(Map.of("producer.linger.ms", "50"))).containsEntry("producer.linger.ms", "50");
        assertThat(properties(Map.of("linger.ms", "70")))
                .containsEntry("linger.ms", "70")
                .doesNotContainKey("producer.linger.ms");
    }

    @Test
    void shouldBeAcceptedByKafka() {
        assertThat(new StreamsConfig(properties(Map.of())).defaultTimestampExtractor())
                .isInstanceOf(AnyTimestamp.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"application.id", "bootstrap.servers"})
    void shouldRefuseToStartWithout(String key) {
        assertThatThrownBy(() -> properties(Map.of(key, "")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(key)
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sasl.jaas.config", "producer.sasl.jaas.config", "restore.consumer.sasl.jaas.config"})
    void shouldRefuseALoginThatCannotBeReadWithoutAWordOfIt(String key) {
        String login = "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"me\" password=";

        assertThat(properties(Map.of(key, login + "\"with \\\" in it\";"))).containsKey(key);
        assertThatThrownBy(() -> properties(Map.of(key, login + "\"with \"in-it\";")))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(key + " cannot be read")
                .hasMessageNotContaining("in-it")
                .hasNoCause();
    }
}
