package plain;

import io.lstmstreams.input.Model;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.topology.LstmProcessorSupplier;
import io.lstmstreams.topology.SequenceOutputSerde;
import io.lstmstreams.topology.StreamSettings;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;

/** Scores the events of a topic and sends the results to another topic. */
public final class Application {
    private Application() {}

    public static void main(String[] args) {
        KafkaStreams streams = new KafkaStreams(topology(ModelFile.load(args[0])), settings());
        Runtime.getRuntime().addShutdownHook(new Thread(streams::close));
        streams.start();
    }

    static Topology topology(Model model) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("events", Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()))
                .process(LstmProcessorSupplier.of(model))
                .to("results", Produced.with(Serdes.ByteArray(), new SequenceOutputSerde(model)));
        return builder.build();
    }

    static Properties settings() {
        Properties settings = new Properties();
        settings.putAll(StreamSettings.defaults()); // exactly once, and the handlers of bad records
        settings.put("application.id", "my-model");
        settings.put("bootstrap.servers", "localhost:9092");
        settings.put("errors.dead.letter.queue.topic.name", "dead-letters"); // from Kafka Streams 4.2 on
        return settings;
    }
}
