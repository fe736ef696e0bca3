package io.lstmstreams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lstmstreams.config.ModelChange;
import io.lstmstreams.output.OutputJson;
import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.Predictor;
import io.lstmstreams.output.SequenceOutput;
import io.lstmstreams.output.Verdict.Ended;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.recurrent.SparseInput;
import io.lstmstreams.state.StateCodec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Computes, without Kafka, the expected results of one sequence with the models that the results name, and checks that
 * the sequence should have had these models.
 */
public final class ModelChangeOracle {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ModelChange policy;
    private final Map<String, ModelVersion> models = new HashMap<>(); // by name
    private final Map<String, Predictor> predictors = new HashMap<>(); // by name
    private final List<String> published; // names, in their order

    public ModelChangeOracle(ModelChange policy, List<ModelVersion> published) {
        this.policy = policy;
        this.published = published.stream().map(ModelVersion::name).toList();
        published.forEach(version -> models.put(version.name(), version));
    }

    /** A record of a sequence: an event, or the end. */
    public record Sent(String event, long time) {}

    /**
     * Asserts that these are the results and verdicts of these records.
     *
     * @param outputs the results and verdicts, in order
     * @return the number of times that the sequence changed its model
     */
    public int check(String sequence, List<Sent> records, List<String> outputs) throws IOException {
        List<String> expected = new ArrayList<>();
        int changes = 0;
        int at = 0;
        ModelVersion model = null;
        SequenceState state = null;
        for (Sent record : records) {
            boolean end = record.event() == null;
            if (end && state == null) {
                continue;
            }
            assertThat(outputs).as("outputs of %s", sequence).hasSizeGreaterThan(at);
            JsonNode output = JSON.readTree(outputs.get(at++));
            ModelVersion named = models.get(output.path("model").asText());
            assertThat(named).as("the model of %s", output).isNotNull();
            if (state == null) {
                state = new SequenceState(named.model().network());
            } else if (named != model) {
                assertThat(published.indexOf(named.name()))
                        .as("goes on")
                        .isGreaterThan(published.indexOf(model.name()));
                assertThat(policy).as("changes in the middle of %s", sequence).isNotEqualTo(ModelChange.FINISH_OLD);
                assertThat(end && policy == ModelChange.RESTART)
                        .as("changes at the end")
                        .isFalse();
                state = policy == ModelChange.CARRY
                        ? carried(state, model, named)
                        : new SequenceState(named.model().network());
                changes++;
            }
            model = named;
            expected.add(text(model, end ? end(sequence, model, state) : step(sequence, record, model, state)));
            state = end ? null : state;
        }
        assertThat(outputs).as("outputs of %s", sequence).isEqualTo(expected);
        return changes;
    }

    private static SequenceState carried(SequenceState state, ModelVersion from, ModelVersion to) {
        SequenceState carried = new SequenceState(to.model().network());
        byte[] bytes = new StateCodec(from.model().network(), from.id()).encode(state);
        new StateCodec(to.model().network(), to.id()).carry(bytes, carried);
        return carried;
    }

    private Prediction step(String sequence, Sent record, ModelVersion model, SequenceState state) {
        int index = model.model().vocabulary().symbols().indexOf(record.event());
        return predictor(model).advance(sequence, record.time(), SparseInput.oneHot(index), state);
    }

    private SequenceOutput end(String sequence, ModelVersion model, SequenceState state) {
        return predictor(model).end(sequence, Ended.END_RECORD, state);
    }

    private Predictor predictor(ModelVersion model) {
        return predictors.computeIfAbsent(
                model.name(), name -> new Predictor(model.model(), model.packed(), 1, 3, Set.of(), name));
    }

    private static String text(ModelVersion model, SequenceOutput output) {
        return new String(new OutputJson(model.model().vocabulary()).write(output), UTF_8);
    }
}
