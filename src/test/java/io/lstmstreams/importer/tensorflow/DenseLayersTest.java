package io.lstmstreams.importer.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lstmstreams.importer.draft.CompleteDraft;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import org.junit.jupiter.api.Test;

/** The matrices of dense layers around the cells. */
class DenseLayersTest {
    private static final String OF_EVENTS = "{\"scoring\":{\"rule\":\"rank-above\",\"rank\":9}}";

    private static FakeVariables lstm(int inputs, int units) {
        return new FakeVariables().withLstm("rnn/lstm_cell", inputs, units);
    }

    private static String text(CompleteDraft draft, String pointer) {
        return draft.spec().at(pointer).toString();
    }

    @Test
    void shouldTreatADenseLayerOfTheInputsSizeAsThePredictionOfEvents() {
        CompleteDraft draft = lstm(5, 3).withDense("dense", 3, 5).draft(OF_EVENTS);

        assertThat(text(draft, "/input")).isEqualTo("{\"encoding\":\"one-hot\",\"size\":5}");
        assertThat(text(draft, "/heads")).isEqualTo("[{\"name\":\"dense\",\"activation\":\"softmax\"}]");
        assertThat(draft.heads().get(0).get("weight").values())
                .containsExactly(0, 5, 10, 1, 6, 11, 2, 7, 12, 3, 8, 13, 4, 9, 14);
    }

    @Test
    void shouldTreatOtherSizesAsNumbers() {
        CompleteDraft draft = lstm(5, 3).withDense("output", 3, 2).draft();

        assertThat(text(draft, "/input")).isEqualTo("{\"encoding\":\"dense\",\"size\":5}");
        assertThat(text(draft, "/heads")).isEqualTo("[{\"name\":\"output\",\"activation\":\"linear\"}]");
    }

    @Test
    void shouldTreatASingleInputAsAnIndex() {
        CompleteDraft draft = lstm(1, 3).withDense("output", 3, 9).draft(OF_EVENTS);

        assertThat(text(draft, "/input")).isEqualTo("{\"encoding\":\"index\",\"size\":1}");
    }

    @Test
    void shouldPairVariablesWithoutNamesByTheirShapes() {
        CompleteDraft draft =
                lstm(5, 3).with("Variable", 3, 5).with("Variable_1", 5).draft();

        assertThat(draft.heads().get(0)).containsOnlyKeys("weight", "bias");
        assertThat(text(draft, "/heads/0/name")).isEqualTo("\"output\"");
    }

    @Test
    void shouldPairNamesInTheStyleOfPeople() {
        for (String[] names : new String[][] {{"W_out", "b_out"}, {"out/W", "out/b"}, {"out_w", "out_b"}, {"W", "b"}}) {
            CompleteDraft draft =
                    lstm(5, 3).with(names[0], 3, 5).with(names[1], 5).draft();

            assertThat(draft.heads().get(0)).containsOnlyKeys("weight", "bias");
        }
    }

    @Test
    void shouldTransposeAMatrixThatIsStoredTransposed() {
        CompleteDraft draft = lstm(5, 3).with("proj_w", 5, 3).with("proj_b", 5).draft();

        assertThat(draft.heads().get(0).get("weight").hasShape(5, 3)).isTrue();
        assertThat(draft.heads().get(0).get("weight").values()).startsWith(0, 1, 2, 3);
    }

    @Test
    void shouldPutAnEmbeddingBeforeTheCells() {
        CompleteDraft draft =
                lstm(4, 3).with("embedding", 9, 4).withDense("dense", 3, 9).draft();

        assertThat(text(draft, "/layers/0")).isEqualTo("{\"cell\":\"embedding\",\"size\":4}");
        assertThat(text(draft, "/input")).isEqualTo("{\"encoding\":\"one-hot\",\"size\":9}");
        assertThat(draft.layers().get(0).get("weight").hasShape(9, 4)).isTrue();
    }

    @Test
    void shouldAskForTheActivationOfAHiddenLayer() {
        FakeVariables variables = lstm(5, 3).withDense("dense", 3, 8).withDense("dense_1", 8, 5);

        assertThatThrownBy(variables::draft)
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("layers[1].activation (of dense/kernel)")
                .hasMessageContaining("--spec");
        CompleteDraft draft = variables.draft("{\"layers\":[{},{\"activation\":\"relu\"}]}");
        assertThat(text(draft, "/layers/1")).isEqualTo("{\"cell\":\"dense\",\"units\":8}");
        assertThat(text(draft, "/heads/0/name")).isEqualTo("\"dense_1\"");
    }

    @Test
    void shouldCreateAHeadFromEachDenseLayerThatNoLayerReads() {
        CompleteDraft draft =
                lstm(5, 3).withDense("policy", 3, 5).withDense("value", 3, 1).draft(OF_EVENTS);

        assertThat(text(draft, "/heads"))
                .isEqualTo(
                        "[{\"name\":\"policy\",\"activation\":\"softmax\"},{\"name\":\"value\",\"activation\":\"linear\"}]");
    }

    @Test
    void shouldPutADenseLayerOfTheCellsInputSizeBeforeIt() {
        CompleteDraft draft = lstm(4, 3)
                .withDense("in", 6, 4)
                .withDense("out", 3, 6)
                .draft("{\"layers\":[{\"cell\":\"dense\",\"activation\":\"linear\"},{\"cell\":\"lstm\"}]}");

        assertThat(text(draft, "/layers/0")).isEqualTo("{\"cell\":\"dense\",\"units\":4}");
        assertThat(text(draft, "/input")).isEqualTo("{\"encoding\":\"dense\",\"size\":6}");
    }

    @Test
    void shouldReturnTheCellsOutputWithoutADenseLayer() {
        CompleteDraft draft = lstm(5, 3).draft();

        assertThat(text(draft, "/heads")).isEqualTo("[{\"name\":\"output\",\"activation\":\"linear\"}]");
        assertThat(draft.heads().get(0)).isEmpty();
    }

    @Test
    void shouldAskWhetherAMatrixWithoutANameIsAnEmbedding() {
        assertThatThrownBy(() -> lstm(4, 3).with("Variable", 6, 4).draft())
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("layers[0].cell (of Variable)")
                .hasMessageContaining("such as \"embedding\"");

        CompleteDraft draft =
                lstm(4, 3).with("Variable", 6, 4).draft("{\"layers\":[{\"cell\":\"embedding\"},{\"cell\":\"lstm\"}]}");
        assertThat(text(draft, "/layers/0")).isEqualTo("{\"cell\":\"embedding\",\"size\":4}");
        assertThat(text(draft, "/input")).isEqualTo("{\"encoding\":\"one-hot\",\"size\":6}");
    }

    @Test
    void shouldAskForAMatrixThatFitsBeforeAndBehindTheCell() {
        FakeVariables variables = lstm(3, 3).with("Variable", 6, 3).withDense("out", 3, 2);

        assertThatThrownBy(variables::draft)
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining(
                        "does not state whether Variable is an embedding before the cells or a layer behind"
                                + " them; give --spec '{\"layers\":[{\"cell\":\"?\"},{\"cell\":\"lstm\"}]}'");
        CompleteDraft embedding = variables.draft("{\"layers\":[{\"cell\":\"embedding\"},{\"cell\":\"lstm\"}]}");
        assertThat(text(embedding, "/layers/0")).isEqualTo("{\"cell\":\"embedding\",\"size\":3}");
        assertThat(embedding.heads()).hasSize(1);
    }
}
