package io.lstmstreams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.config.ModelChange;
import io.lstmstreams.event.BadEventException;
import io.lstmstreams.input.Model;
import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.modelfile.VariedModels;
import io.lstmstreams.recurrent.Execution;
import io.lstmstreams.runtime.TraceListener;
import io.lstmstreams.state.UnreadableStateException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Queries have the stream's answers, to the last bit, and change nothing. */
class SequenceQueriesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long LATER = DrivenTopology.START.toEpochMilli() + 60_000;

    private DrivenTopology topology;
    private SequenceQueries queries;

    private void start(Model model, String... options) {
        start(Models.only(ModelVersion.of(null, model, Kernels.named("scalar"))), options);
    }

    private void start(Models models, String... options) {
        Map<String, String> overrides = new HashMap<>();
        for (int i = 0; i < options.length; i += 2) {
            overrides.put(options[i], options[i + 1]);
        }
        topology = new DrivenTopology(models, null, overrides);
        queries = LstmTopology.of(DrivenTopology.config(overrides), models)
                .queries(TraceListener.lastSteps(topology.trace()));
    }

    @AfterEach
    void close() {
        topology.close();
    }

    private String predict(String sequence, String value, long time) {
        return new String(
                queries.predict(sequence.getBytes(UTF_8), topology.stored(sequence), value.getBytes(UTF_8), time),
                UTF_8);
    }

    private JsonNode currentState(String sequence) throws Exception {
        return JSON.readTree(queries.currentState(sequence.getBytes(UTF_8), topology.stored(sequence)));
    }

    private String last(List<String> results) {
        return results.get(results.size() - 1);
    }

    static Stream<Arguments> models() {
        VariedModels varied = new VariedModels();
        return Stream.of(
                Arguments.of("lstms", varied.lstms(), List.of("\"a\"", "\"b\"", "\"c\"")),
                Arguments.of("window", varied.window(true), List.of("\"a\"", "\"b\"", "2", "\"d\"")),
                Arguments.of("grus", varied.grusAndRnn(), List.of("0", "1", "2", "3", "[0,1,0,0]")),
                Arguments.of("index", varied.index(), List.of("0", "3", "2")),
                Arguments.of("heads", varied.graph(), List.of("[1,-2,0.5,3,0.25,-1]", "[0,0,0,0,1,0]")),
                Arguments.of("times", varied.fields(Execution.CARRY), List.of(FieldEvents.BUY)),
                Arguments.of("window of times", varied.fields(new Execution(2, true)), List.of(FieldEvents.BUY)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void shouldPredictTheStreamsResultAndShowItAfterwards(String name, Model model, List<String> events)
            throws Exception {
        start(model, "lstm.output.include", "state,gates,logits,output", "lstm.output.top.k", "2");
        long time = LATER;
        for (int i = 0; i < 12; i++) {
            time += (i % 5 - 1) * 1_700L; // some events are late
            String value = "{\"event\":" + events.get(i % events.size()) + "}";

            String foretold = predict("a", value, time);
            topology.sendAt(time, "a", value);

            String result = last(topology.results());
            assertThat(foretold).isEqualTo(result);
            ObjectNode expected = (ObjectNode) JSON.readTree(result);
            ObjectNode current = (ObjectNode) currentState("a");
            assertThat(current.has("missing")).isFalse();
            current.remove("verdict");
            assertThat(current).isEqualTo(expected.without(List.of("logits", "output")));
        }
    }

    @Test
    void shouldChangeNothingByPredicting() {
        start(TinyModels.events());
        topology.send("a", DrivenTopology.event("open"));
        byte[] before = topology.stored("a").clone();

        predict("a", DrivenTopology.event("close"), LATER);

        assertThat(topology.stored("a")).isEqualTo(before);
        assertThat(topology.metrics().steps().sum()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void shouldPredictTheResultAfterAChangeOfTheModel(ModelChange change) {
        PublishedModels models = new PublishedModels();
        models.publish("default", version("a", TinyModels.events(1)));
        start(
                models,
                "lstm.model.topic",
                "models",
                "lstm.model.change",
                change.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        topology.send("a", DrivenTopology.event("open"));
        models.publish("default", version("b", TinyModels.events(2)));

        String foretold = predict("a", DrivenTopology.event("read"), LATER);
        topology.sendAt(LATER, "a", DrivenTopology.event("read"));

        assertThat(foretold).isEqualTo(last(topology.results()));
    }

    private static ModelVersion version(String digit, Model model) {
        return ModelVersion.of(digit.repeat(64), model, Kernels.named("scalar"));
    }

    @Test
    void shouldExplainWhyARecordWouldNotBeProcessed() {
        start(TinyModels.events(), "lstm.sequence.late", "drop");
        topology.sendAt(LATER, "a", DrivenTopology.event("open"));

        assertRefused("a", "{\"event\":\"unheard-of\"}", LATER, "not in the model");
        assertRefused("a", "{\"event\":", LATER, "not JSON");
        assertRefused("a", "{\"end\":true}", LATER, "no event");
        assertRefused("a", "{\"event\":\"read\"}", LATER - 1, "late");
    }

    private void assertRefused(String sequence, String value, long time, String why) {
        assertThatExceptionOfType(BadEventException.class)
                .isThrownBy(() -> predict(sequence, value, time))
                .withMessageContaining(why);
    }

    @Test
    void shouldShowTheLastResultWithItsGatesAndTheVerdictSoFar() throws Exception {
        start(TinyModels.events(), "lstm.output.include", "state,gates");
        for (String event : List.of("open", "read", "write")) {
            topology.send("a", DrivenTopology.event(event));
        }

        ObjectNode current = (ObjectNode) currentState("a");
        JsonNode verdict = current.remove("verdict");

        assertThat(current).isEqualTo(JSON.readTree(last(topology.results())));
        assertThat(current.at("/gates/1/f").size()).isEqualTo(4);
        topology.send("a", null);
        JsonNode ended = JSON.readTree(last(topology.verdicts()));
        assertThat(ended.path("sumLogProbability").asDouble()
                        - verdict.path("sumLogProbability").asDouble())
                .isCloseTo(ended.path("endLogProbability").asDouble(), within());
        assertThat(verdict.path("maxRankAtStep").asInt()).isBetween(2, 3);
    }

    private static Offset<Double> within() {
        return Offset.offset(1e-6);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldNameMissingPartsIfAnotherInstanceMadeTheLastStep(boolean window) throws Exception {
        Model model = window ? new VariedModels().window(true) : TinyModels.events();
        start(model, "lstm.output.include", "state,gates");
        String event = DrivenTopology.event(model.vocabulary().symbol(0));
        topology.send("a", event);
        topology.send("a", event);
        JsonNode known = currentState("a");

        queries = LstmTopology.of(
                        DrivenTopology.config(Map.of()),
                        Models.only(ModelVersion.of(null, model, Kernels.named("scalar"))))
                .queries((version, id, stored) -> null);
        JsonNode current = currentState("a");

        assertThat(current.path("missing").asText()).contains("last event");
        assertThat(current.has("event")).isFalse();
        assertThat(current.has("gates")).isFalse();
        assertThat(current.path("state")).isEqualTo(window ? current.path("nothing") : known.path("state"));
        assertThat(current.path("next")).isEqualTo(known.path("next"));
        assertThat(current.path("step").asInt()).isEqualTo(2);
        assertThat(current.path("verdict")).isEqualTo(known.path("verdict"));
    }

    @Test
    void shouldShowHowFarASequenceIsWhoseModelIsGone() throws Exception {
        PublishedModels models = new PublishedModels();
        ModelVersion first = version("a", TinyModels.events(1));
        models.publish("default", first);
        start(models, "lstm.model.topic", "models");
        topology.send("a", DrivenTopology.event("open"));
        models.publish("default", version("b", TinyModels.events(2)));
        models.withdraw(first);

        JsonNode current = currentState("a");

        assertThat(current.path("step").asInt()).isEqualTo(1);
        assertThat(current.path("model").asText()).isEqualTo("a".repeat(16));
        assertThat(current.has("state")).isFalse();
        assertThat(current.path("missing").asText()).contains("model");
    }

    @Test
    void shouldNotReadADamagedState() {
        start(TinyModels.events());
        topology.send("a", DrivenTopology.event("open"));
        byte[] damaged = topology.stored("a").clone();
        damaged[40]++;

        assertThatExceptionOfType(UnreadableStateException.class)
                .isThrownBy(() -> queries.currentState("a".getBytes(UTF_8), damaged));
    }
}
