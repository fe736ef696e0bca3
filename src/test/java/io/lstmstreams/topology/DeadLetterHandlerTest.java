package io.lstmstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lstmstreams.event.Decoded;
import io.lstmstreams.event.Event;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProcessingExceptionHandler;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The handler in versions of Kafka Streams with and without dead letters. */
class DeadLetterHandlerTest {
    private static final String TOPIC = StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG;

    /** Calls the handler as Kafka Streams before 4.2 does. */
    public static final class OlderKafka implements ProcessingExceptionHandler {
        private final DeadLetterHandler handler = new DeadLetterHandler();

        @Override
        public void configure(Map<String, ?> configs) {
            handler.configure(configs);
        }

        @Override
        @SuppressWarnings("deprecation")
        public ProcessingHandlerResponse handle(ErrorHandlerContext context, Record<?, ?> record, Exception exception) {
            return handler.handle(context, record, exception);
        }
    }

    private static TopologyTestDriver run(Path states, Class<? extends ProcessingExceptionHandler> handler) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("clicks", Consumed.with(Serdes.String(), Serdes.String()))
                .process(LstmProcessorSupplier.of(TinyModels.events(), Serdes.String(), (String click) -> {
                    if (click.equals("bug")) {
                        throw new UnsupportedOperationException("a bug");
                    }
                    return Decoded.of(new Event.Symbol(click));
                }))
                .mapValues(output -> output.getClass().getSimpleName())
                .to("outputs");
        Properties properties = new Properties();
        properties.putAll(Map.of(
                StreamsConfig.APPLICATION_ID_CONFIG,
                "theirs",
                StreamsConfig.BOOTSTRAP_SERVERS_CONFIG,
                "unused:1",
                StreamsConfig.STATE_DIR_CONFIG,
                states.toString(),
                StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG,
                Serdes.StringSerde.class,
                StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG,
                Serdes.StringSerde.class,
                StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG,
                handler));
        return new TopologyTestDriver(builder.build(), properties);
    }

    @Test
    void shouldSkipABadRecordAndStopAtABugIfKafkaSendsNoDeadLetters(@TempDir Path states) {
        try (TopologyTestDriver driver = run(states, OlderKafka.class)) {
            TestInputTopic<String, String> clicks =
                    driver.createInputTopic("clicks", new StringSerializer(), new StringSerializer());

            clicks.pipeInput("ann", "unheard-of");
            clicks.pipeInput("ann", "open");

            assertThat(driver.createOutputTopic("outputs", new StringDeserializer(), new StringDeserializer())
                            .readValuesToList())
                    .isEqualTo(List.of("Prediction"));
            assertThatThrownBy(() -> clicks.pipeInput("ann", "bug")).hasRootCauseMessage("a bug");
        }
    }

    @Test
    void shouldRefuseATopicIfKafkaSendsNoDeadLetters() {
        DeadLetterHandler handler = new DeadLetterHandler();
        Map<String, String> settings = Map.of(TOPIC, "dead-letters");

        if (DeadLetterHandler.sendsDeadLetters()) {
            assertThatCode(() -> handler.configure(settings)).doesNotThrowAnyException();
        } else {
            assertThatThrownBy(() -> handler.configure(settings))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageStartingWith(TOPIC + " requires Kafka Streams 4.2 or later.");
        }
        assertThatCode(() -> handler.configure(Map.of(TOPIC, ""))).doesNotThrowAnyException();
    }
}
