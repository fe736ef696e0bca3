package io.lstmstreams.importer.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lstmstreams.importer.draft.CompleteDraft;
import io.lstmstreams.importer.tensorflow.format.SavedModelGraph.Function;
import io.lstmstreams.importer.tensorflow.format.SavedModelGraph.Operation;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Checkpoints of Keras' layers, and the options in their graph. */
class KerasVariablesTest {
    private static final String GIVEN = "{\"layers\":[{\"activation\":\"tanh\",\"recurrentActivation\":\"sigmoid\"}]}";

    private static FakeVariables lstm() {
        return new FakeVariables()
                .withKey("layer_with_weights-0/cell/kernel", "lstm/lstm_cell/kernel", 3, 8)
                .withKey("layer_with_weights-0/cell/recurrent_kernel", "lstm/lstm_cell/recurrent_kernel", 2, 8)
                .withKey("layer_with_weights-0/cell/bias", "lstm/lstm_cell/bias", 8);
    }

    private static List<Operation> operations(String scope, String... types) {
        List<Operation> operations = new ArrayList<>();
        for (String type : types) {
            operations.add(new Operation(scope + "/" + type + "_" + operations.size(), type));
        }
        return operations;
    }

    private static KerasOptions graph(List<Operation> operations) {
        return KerasGraph.options(List.of(new Function("call", operations)), FakeVariables.FILE);
    }

    @Test
    void shouldAskForTheActivationsThatAreNotInACheckpoint() {
        assertThatThrownBy(() -> lstm().draft())
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining(
                        "layers[0].activation (of lstm/lstm_cell) and layers[0].recurrentActivation (of lstm/lstm_cell)");
    }

    @Test
    void shouldUseKerasOrderAndAddNoForgetBias() {
        CompleteDraft draft = lstm().draft(GIVEN);

        assertThat(draft.spec().at("/layers/0").toString()).isEqualTo("{\"cell\":\"lstm\",\"units\":2}");
        assertThat(draft.layers().get(0).get("bias_ih").values()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(draft.layers().get(0).get("weight_ih").values()).startsWith(0, 8, 16, 1, 9, 17);
    }

    @Test
    void shouldIgnoreOptimizerMetricsAndConfigurations() {
        CompleteDraft draft = lstm().withKey("optimizer/iter", "Adam/iter")
                .withKey(
                        "layer_with_weights-0/cell/kernel/.OPTIMIZER_SLOT/optimizer/m",
                        "Adam/lstm/lstm_cell/kernel/m",
                        3,
                        8)
                .withKey("keras_api/metrics/0/total", "total")
                .withInts("layer-0/.ATTRIBUTES/OBJECT_CONFIG_JSON")
                .withInts("save_counter/.ATTRIBUTES/VARIABLE_VALUE")
                .withInts("_CHECKPOINTABLE_OBJECT_GRAPH")
                .draft(GIVEN);

        assertThat(draft.layers()).hasSize(1);
    }

    @Test
    void shouldInferTheResetOfAGruFromItsBias() {
        CompleteDraft draft = new FakeVariables()
                .with("gru/kernel", 1, 3)
                .with("gru/recurrent_kernel", 1, 3)
                .with("gru/bias", 2, 3)
                .draft(GIVEN);

        assertThat(draft.spec().at("/layers/0/resetAfter").asBoolean()).isTrue();
        assertThat(draft.layers().get(0).get("weight_ih").values()).containsExactly(1, 0, 2);
        assertThat(draft.layers().get(0).get("bias_hh").values()).containsExactly(4, 3, 5);
    }

    @Test
    void shouldReadActivationsOffTheGraph() {
        List<Operation> operations = operations(
                "m/lstm/lstm_cell",
                "MatMul",
                "MatMul",
                "AddV2",
                "BiasAdd",
                "Split",
                "AddV2",
                "Relu6",
                "RealDiv",
                "AddV2",
                "Relu6",
                "RealDiv",
                "Mul",
                "Softsign",
                "Mul",
                "AddV2",
                "AddV2",
                "Relu6",
                "RealDiv",
                "Softsign",
                "Mul");
        operations.addAll(operations("m/dense", "MatMul", "BiasAdd", "Tanh"));

        CompleteDraft draft = lstm().withKey("layer_with_weights-1/kernel", "dense/kernel", 2, 3)
                .with(graph(operations))
                .draft();

        assertThat(draft.spec().at("/layers/0").toString())
                .isEqualTo("{\"cell\":\"lstm\",\"units\":2,\"activation\":\"softsign\",\"recurrentActivation\":"
                        + "{\"name\":\"hard_sigmoid\",\"alpha\":0.16666666666666666,\"beta\":0.5}}");
        assertThat(draft.spec().at("/heads/0/activation").asText()).isEqualTo("tanh");
    }

    @Test
    void shouldNotGuessFromAGraphThatIsNotAsKerasWritesIt() {
        List<Operation> operations = operations(
                "m/lstm/lstm_cell", "MatMul", "MatMul", "Sigmoid", "Sigmoid", "Sigmoid", "Sigmoid", "Tanh", "Erf");

        assertThatThrownBy(() -> lstm().with(graph(operations)).draft()).hasMessageContaining("layers[0].activation");
    }

    @Test
    void shouldRefuseUnknownOperatorsBetweenTheLayersOfAGraph() {
        List<Operation> residual = operations("m/lstm/lstm_cell", "MatMul");
        residual.addAll(operations("m/add", "AddV2"));
        List<Operation> backwards = operations("m/lstm/lstm_cell", "MatMul");
        backwards.addAll(operations("m/lstm", "ReverseV2"));

        assertThatThrownBy(() -> graph(residual))
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("m/add/AddV2_0");
        assertThatThrownBy(() -> graph(backwards))
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("backwards");
    }
}
