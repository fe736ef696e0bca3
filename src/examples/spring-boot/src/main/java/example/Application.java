package example;

import io.lstmstreams.input.Model;
import io.lstmstreams.output.SequenceOutput;
import io.lstmstreams.topology.LstmProcessorSupplier;
import io.lstmstreams.topology.SequenceOutputSerde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Produced;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.kafka.annotation.EnableKafkaStreams;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.kafka.core.KafkaAdmin.NewTopics;

/** Scores the events of a topic and sends the results to another topic. */
@SpringBootApplication
@EnableKafkaStreams
public class Application {
    public static void main(String[] args) {
        SpringApplication.run(Application.class, args);
    }

    @Bean
    KStream<byte[], SequenceOutput> results(
            StreamsBuilder builder, LstmProcessorSupplier<byte[], byte[]> lstm, Model model) {
        KStream<byte[], SequenceOutput> results = builder.stream(
                        "events", Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()))
                .process(lstm);
        results.to("results", Produced.with(Serdes.ByteArray(), new SequenceOutputSerde(model)));
        return results;
    }

    /** Creates the topics if they do not exist. */
    @Bean
    NewTopics topics() {
        return new NewTopics(
                TopicBuilder.name("events").build(),
                TopicBuilder.name("results").build());
    }
}
