package io.lstmstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.metrics.StreamMetrics;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The names that running applications have on their brokers and disks: a changed name loses states. */
class TopologyDescriptionTest {

    private static String describe(Map<String, String> config) {
        return LstmTopology.of(DrivenTopology.config(config), TinyModels.events(), Kernels.named("scalar"))
                .build()
                .describe()
                .toString()
                .lines()
                .map(String::stripTrailing)
                .collect(Collectors.joining("\n"))
                .strip();
    }

    @Test
    void shouldProcessRecordsByKeyInOneSubtopology() {
        assertThat(describe(Map.of())).isEqualTo("""
            Topologies:
               Sub-topology: 0
                Source: events (topics: [events])
                  --> step
                Processor: step (stores: [recurrent-state])
                  --> is-result, is-verdict
                  <-- events
                Processor: is-result (stores: [])
                  --> results
                  <-- step
                Processor: is-verdict (stores: [])
                  --> verdicts
                  <-- step
                Sink: results (topic: results)
                  <-- is-result
                Sink: verdicts (topic: verdicts)
                  <-- is-verdict""");
    }

    @Test
    void shouldRepartitionRecordsByAHeader() {
        assertThat(describe(Map.of("lstm.sequence.id", "header:block"))).isEqualTo("""
            Topologies:
               Sub-topology: 0
                Source: events (topics: [events])
                  --> sequence-id
                Processor: sequence-id (stores: [])
                  --> sequences-repartition-filter
                  <-- events
                Processor: sequences-repartition-filter (stores: [])
                  --> sequences-repartition-sink
                  <-- sequence-id
                Sink: sequences-repartition-sink (topic: sequences-repartition)
                  <-- sequences-repartition-filter

              Sub-topology: 1
                Source: sequences-repartition-source (topics: [sequences-repartition])
                  --> step
                Processor: step (stores: [recurrent-state])
                  --> is-result, is-verdict
                  <-- sequences-repartition-source
                Processor: is-result (stores: [])
                  --> results
                  <-- step
                Processor: is-verdict (stores: [])
                  --> verdicts
                  <-- step
                Sink: results (topic: results)
                  <-- is-result
                Sink: verdicts (topic: verdicts)
                  <-- is-verdict""");
    }

    @Test
    void shouldStoreTheModelOfATaskAndTheShadowsStatesSeparately() {
        PublishedModels models = new PublishedModels();
        models.publish("default", ModelVersion.of("a".repeat(64), TinyModels.events(), Kernels.named("scalar")));
        String description = LstmTopology.of(
                        DrivenTopology.config(Map.of(
                                "lstm.model.topic", "models",
                                "lstm.shadow.model", "topic:default",
                                "lstm.shadow.output.topic", "shadow-results")),
                        models)
                .shadow(new LstmTopology.Shadow(models, new StreamMetrics()))
                .build()
                .describe()
                .toString()
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith("Processor") || line.startsWith("S"))
                .collect(Collectors.joining("\n"));

        assertThat(description.lines())
                .filteredOn(line -> line.contains("stores: [r") || line.contains("stores: [s") || line.contains("Sink"))
                .hasSize(5)
                .anyMatch(line -> line.contains("Processor: step") && line.contains("recurrent-state-models"))
                .anyMatch(line ->
                        line.contains("Processor: shadow-step") && line.contains("shadow-recurrent-state-models"))
                .anyMatch(line -> line.equals("Sink: shadow-results (topic: shadow-results)"));
    }
}
