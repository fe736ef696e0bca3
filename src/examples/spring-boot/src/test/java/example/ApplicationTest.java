package example;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.kafka.config.StreamsBuilderFactoryBean;

/** Runs the topology without a broker. */
@SpringBootTest(
        properties = {
            "spring.kafka.streams.auto-startup=false",
            "spring.kafka.admin.auto-create=false",
            "spring.kafka.streams.state-dir=target/states"
        })
class ApplicationTest {
    @Autowired
    StreamsBuilderFactoryBean factory;

    @Test
    void shouldScoreEachEventAndJudgeTheSequence() {
        try (TopologyTestDriver driver =
                new TopologyTestDriver(factory.getTopology(), factory.getStreamsConfiguration())) {
            TestInputTopic<String, String> events =
                    driver.createInputTopic("events", new StringSerializer(), new StringSerializer());

            events.pipeInput("blk_1", "{\"event\":\"E5\"}");
            events.pipeInput("blk_1", "{\"event\":\"E20\"}");
            events.pipeInput("blk_1", (String) null); // ends the sequence

            List<String> results = driver.createOutputTopic(
                            "results", new StringDeserializer(), new StringDeserializer())
                    .readValuesToList();
            assertThat(results).hasSize(3);
            assertThat(results.get(0))
                    .contains("\"sequence\":\"blk_1\",\"step\":1")
                    .contains("\"next\":[");
            assertThat(results.get(1)).contains("\"event\":\"E20\"").contains("\"anomalous\":true");
            assertThat(results.get(2)).contains("\"steps\":2,\"ended\":\"end-record\"");
        }
    }
}
