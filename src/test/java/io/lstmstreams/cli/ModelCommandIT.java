package io.lstmstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.broker.EmbeddedBroker;
import io.lstmstreams.input.Model;
import io.lstmstreams.input.Vocabulary;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.recurrent.ScoringRule;
import io.lstmstreams.recurrent.TestNetwork;
import io.lstmstreams.topology.TinyModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** The commands {@code model publish|list|rollback} against a broker; each test has a models topic of its own. */
@ResourceLock(Resources.SYSTEM_OUT)
@ResourceLock(Resources.SYSTEM_ERR)
class ModelCommandIT {
    @TempDir
    private static Path folder;

    private static EmbeddedBroker broker;

    private Path configuration;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedBroker.start(0, folder.resolve("broker"));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void configure(TestInfo test) throws IOException {
        save("first", TinyModels.events());
        configuration = Files.writeString(folder.resolve("app.properties"), """
                application.id=app
                bootstrap.servers=%s
                lstm.model=%s
                lstm.model.topic=%s
                lstm.model.change=carry
                lstm.input.topic=events
                lstm.output.topic=results
                """.formatted(
                        broker.bootstrapServers(),
                        file("first"),
                        test.getTestMethod().orElseThrow().getName()));
    }

    private static Path file(String name) {
        return folder.resolve(name + ".safetensors");
    }

    private static void save(String name, Model model) {
        ModelFile.save(model, file(name));
    }

    private Console publish(String name, String... options) {
        return model("publish", List.of(file(name).toString()), options);
    }

    private Console model(String command, List<String> files, String... options) {
        List<String> arguments = new ArrayList<>(List.of("model", command, configuration.toString()));
        arguments.addAll(files);
        arguments.addAll(List.of(options));
        return Console.run(arguments.toArray(String[]::new));
    }

    /** Returns the id of the active model, which {@code list} marks. */
    private String active() {
        return model("list", List.of())
                .out()
                .lines()
                .filter(line -> line.startsWith("* "))
                .map(line -> line.split(" +")[2])
                .findFirst()
                .orElse("none");
    }

    @Test
    void shouldPrintWhatDiffersFromTheActiveModel() {
        save("other-rule", TinyModels.events(new ScoringRule.ProbabilityBelow(0.0002)));
        save("other-weights", TinyModels.events(2));

        assertThat(publish("other-rule").out().lines())
                .startsWith(
                        "compared with the active model, lstm.model=" + file("first") + ":",
                        "  scoring      anomalous if the event's probability is below 0.0002",
                        "    before     anomalous if the event's rank is above 4");
        assertThat(publish("other-rule").out()).contains("nothing differs");
        publish("first");
        assertThat(publish("other-weights").out()).contains("only the weights differ");
    }

    @Test
    void shouldPrintWhichEventsAreNewAndWhichAreRemoved() {
        Model first = TinyModels.events();
        save(
                "renamed",
                new Model(
                        first.network(),
                        Vocabulary.of(6, List.of("read", "open", "write", "sync", "truncate"), "<end>", null)));

        assertThat(publish("renamed").out().lines())
                .contains(
                        "  new          truncate",
                        "  removed      close: their records become dead letters, unless lstm.unknown.event says otherwise",
                        "  other index  2 events: records that hold the index must follow");
    }

    @Test
    void shouldRequireForceIfNothingWouldBeAnAnomalyAnyMore() {
        // Given
        save("silent", TinyModels.events(new ScoringRule.None()));

        // When
        Console refused = publish("silent");

        // Then
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err())
                .startsWith("lstm-streams: nothing was published, because the model has no scoring rule")
                .contains("--force")
                .hasLineCount(1);
        assertThat(active()).isEqualTo("none");

        // And then
        assertThat(publish("silent", "--force").code()).isZero();
        assertThat(active()).isNotEqualTo("none");
    }

    @Test
    void shouldRequireForceIfLiveSequencesCouldNotBeCarried() {
        save("other-shape", new Model(TestNetwork.ofEvents(1, 4, 5), Vocabulary.ofSize(4)));

        assertThat(publish("other-shape").err())
                .contains("its states have another shape")
                .contains("lstm.model.change=carry");
    }

    @Test
    void shouldSayThatNothingWasPublished() {
        assertThat(model("list", List.of()).out()).isEqualTo("no model was published" + System.lineSeparator());
        assertThat(model("rollback", List.of()).err())
                .isEqualTo("lstm-streams: no model default was published" + System.lineSeparator());
    }

    @Test
    void shouldRollBackToTheModelOfTheConfiguration() {
        // Given
        save("second", TinyModels.events(2));
        save("third", TinyModels.events(3));
        publish("second");
        String second = active();
        publish("third");

        // When, then
        assertThat(model("rollback", List.of()).code()).isZero();
        assertThat(active()).isEqualTo(second);
        assertThat(model("rollback", List.of()).code()).isZero();
        String first = active();
        assertThat(first).isNotIn(second, "none");
        assertThat(model("list", List.of()).out().lines().toList())
                .hasSize(3)
                .last()
                .asString()
                .startsWith("* default  " + first);

        // And there is nothing before it
        assertThat(model("rollback", List.of()).err()).contains("there is no model before it");

        // And it is reached by its name, too
        publish("third");
        assertThat(model("rollback", List.of(), "--to", "lstm.model").code()).isZero();
        assertThat(active()).isEqualTo(first);
    }
}
