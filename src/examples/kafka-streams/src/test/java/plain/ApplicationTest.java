package plain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lstmstreams.input.Model;
import io.lstmstreams.modelfile.ModelFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the topology without a broker, with the model of the demo. */
class ApplicationTest {
    @Test
    void shouldScoreEachEventAndSendABadRecordToTheDeadLetters(@TempDir Path states) {
        Model model = ModelFile.load(
                getClass().getResource("/io/lstmstreams/demo/hdfs.safetensors").toString());
        Properties settings = Application.settings();
        settings.put("state.dir", states.toString());
        try (TopologyTestDriver driver = new TopologyTestDriver(Application.topology(model), settings)) {
            TestInputTopic<String, String> events =
                    driver.createInputTopic("events", new StringSerializer(), new StringSerializer());

            events.pipeInput("blk_1", "{\"event\":\"E5\"}");
            events.pipeInput("blk_1", "not JSON");
            events.pipeInput("blk_1", "{\"event\":\"E20\"}");

            List<String> results = read(driver, "results");
            assertEquals(2, results.size());
            assertTrue(results.get(1).contains("\"event\":\"E20\"")
                    && results.get(1).contains("\"anomalous\":true"));
            assertEquals(List.of("not JSON"), read(driver, "dead-letters"));
        }
    }

    private static List<String> read(TopologyTestDriver driver, String topic) {
        return driver.createOutputTopic(topic, new StringDeserializer(), new StringDeserializer())
                .readValuesToList();
    }
}
