package io.lstmstreams.importer.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.lstmstreams.importer.draft.CompleteDraft;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The cells that a name and a shape determine, in every release of TensorFlow and every programming style. */
class CellNamesTest {
    private static JsonNode layer(CompleteDraft draft, int index) {
        return draft.spec().path("layers").path(index);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rnn/basic_lstm_cell",
                "lstm_cell",
                "model/rnn/lstm_cell",
                "lstm_fused_cell",
                "rnn/multi_rnn_cell/cell_0/lstm_cell",
                "rnn/my_lstm_cell_2",
                "LSTM",
                "rnn/lstm"
            })
    void shouldTreatAScopeNamedAfterAnLstmAsOne(String scope) {
        CompleteDraft draft = new FakeVariables()
                .withLstm(scope, 3, 2)
                .withDense("dense", 2, 3)
                .draft();

        assertThat(layer(draft, 0).toString()).isEqualTo("{\"cell\":\"lstm\",\"units\":2,\"forgetBias\":1.0}");
        assertThat(draft.layers().get(0).get("weight_ih").hasShape(8, 3)).isTrue();
        assertThat(draft.layers().get(0).get("weight_hh").hasShape(8, 2)).isTrue();
        assertThat(draft.spec().at("/heads/0/name").asText()).isEqualTo("dense");
        assertThat(draft.notes())
                .anyMatch(note -> note.startsWith("layers[0].forgetBias: 1.0, the default of TensorFlow's cell"));
    }

    @ParameterizedTest
    @CsvSource({
        "RNN/MultiRNNCell/Cell0/BasicLSTMCell/Linear/Matrix, RNN/MultiRNNCell/Cell0/BasicLSTMCell/Linear/Bias",
        "RNN/BasicLSTMCell/Linear/Matrix, RNN/BasicLSTMCell/Linear/Bias",
        "RNN/LSTMCell/W_0, RNN/LSTMCell/B",
        "rnn/basic_lstm_cell/weights, rnn/basic_lstm_cell/biases",
        "rnn/lstm_cell/weights/part_0, rnn/lstm_cell/biases",
        "rnn/lstm_cell/kernel:0, rnn/lstm_cell/bias:0"
    })
    void shouldRecogniseTheNamesOfOlderReleases(String kernel, String bias) {
        CompleteDraft draft = new FakeVariables()
                .with(kernel, 5, 8)
                .with(bias, 8)
                .with("softmax_w", 2, 3)
                .with("softmax_b", 3)
                .draft();

        assertThat(layer(draft, 0).path("cell").asText()).isEqualTo("lstm");
        assertThat(draft.spec().at("/heads/0/name").asText()).isEqualTo("softmax");
    }

    @Test
    void shouldPutTheColumnsOfAnLstmIntoOurOrder() {
        CompleteDraft draft = new FakeVariables().withLstm("lstm_cell", 1, 1).draft();

        // rows of the kernel: input 0 1 2 3, state 4 5 6 7; columns i, j, f, o
        assertThat(draft.layers().get(0).get("weight_ih").values()).containsExactly(0, 2, 1, 3);
        assertThat(draft.layers().get(0).get("weight_hh").values()).containsExactly(4, 6, 5, 7);
        assertThat(draft.layers().get(0).get("bias_ih").values()).containsExactly(0, 2, 1, 3);
    }

    @Test
    void shouldReadAProjectionUnderItsOldName() {
        CompleteDraft draft = new FakeVariables()
                .with("RNN/LSTMCell/W_0", 3 + 2, 16)
                .with("RNN/LSTMCell/B", 16)
                .with("RNN/LSTMCell/W_P_0", 4, 2)
                .with("RNN/LSTMCell/W_F_diag", 4)
                .with("RNN/LSTMCell/W_I_diag", 4)
                .with("RNN/LSTMCell/W_O_diag", 4)
                .draft();

        assertThat(layer(draft, 0).path("projection").asInt()).isEqualTo(2);
        assertThat(layer(draft, 0).path("peepholes").asBoolean()).isTrue();
        assertThat(draft.layers().get(0)).containsKeys("weight_hr", "weight_pi", "weight_pf", "weight_po");
    }

    @Test
    void shouldAddNoForgetBiasToACellOfCudnn() {
        CompleteDraft draft = new FakeVariables()
                .withLstm("cudnn_lstm/rnn/multi_rnn_cell/cell_0/cudnn_compatible_lstm_cell", 3, 2)
                .draft();

        assertThat(layer(draft, 0).has("forgetBias")).isFalse();
    }

    @Test
    void shouldReadAGruByAnyOfItsNames() {
        for (String[] names : new String[][] {
            {"gru_cell/gates/kernel", "gru_cell/gates/bias", "gru_cell/candidate/kernel", "gru_cell/candidate/bias"},
            {"g/gates/weights", "g/gates/biases", "g/candidate/weights", "g/candidate/biases"},
            {
                "GRUCell/Gates/Linear/Matrix",
                "GRUCell/Gates/Linear/Bias",
                "GRUCell/Candidate/Linear/Matrix",
                "GRUCell/Candidate/Linear/Bias"
            },
            {"gru_cell/w_ru", "gru_cell/b_ru", "gru_cell/w_c", "gru_cell/b_c"}
        }) {
            CompleteDraft draft = new FakeVariables()
                    .with(names[0], 1 + 1, 2)
                    .with(names[1], 2)
                    .with(names[2], 1 + 1, 1)
                    .with(names[3], 1)
                    .draft();

            assertThat(layer(draft, 0).toString()).isEqualTo("{\"cell\":\"gru\",\"units\":1,\"resetAfter\":false}");
            assertThat(draft.layers().get(0).get("weight_ih").values()).containsExactly(0, 1, 0);
            assertThat(draft.layers().get(0).get("weight_hh").values()).containsExactly(2, 3, 1);
        }
    }

    @Test
    void shouldReadCudnnsGruWithItsResetAfterTheProduct() {
        CompleteDraft draft = new FakeVariables()
                .withDense("cudnn_compatible_gru_cell/gates", 3 + 2, 4)
                .withDense("cudnn_compatible_gru_cell/candidate/input_projection", 3, 2)
                .withDense("cudnn_compatible_gru_cell/candidate/hidden_projection", 2, 2)
                .draft();

        assertThat(layer(draft, 0).path("resetAfter").asBoolean()).isTrue();
        assertThat(draft.layers().get(0).get("bias_hh").values()).containsExactly(0, 0, 0, 0, 0, 1);
    }

    @Test
    void shouldOrderTenLayersByTheirNumbers() {
        FakeVariables variables = new FakeVariables();
        for (int layer = 11; layer >= 0; layer--) {
            variables.withLstm("rnn/multi_rnn_cell/cell_" + layer + "/lstm_cell", layer + 1, layer + 2);
        }

        CompleteDraft draft = variables.draft();

        assertThat(draft.layers()).hasSize(12);
        assertThat(layer(draft, 10).path("units").asInt()).isEqualTo(12);
    }

    @Test
    void shouldAskForTheKindOfACellWithACustomName() {
        FakeVariables ambiguous =
                new FakeVariables().with("rnn/mine/kernel", 9, 4).with("rnn/mine/bias", 4);

        assertThatThrownBy(ambiguous::draft)
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("rnn/mine")
                .hasMessageContaining("layers[0].cell");
        assertThat(layer(ambiguous.draft("{\"layers\":[{\"cell\":\"lstm\"}]}"), 0)
                        .path("units")
                        .asInt())
                .isEqualTo(1);
        assertThat(layer(ambiguous.draft("{\"layers\":[{\"cell\":\"rnn\"}]}"), 0)
                        .path("units")
                        .asInt())
                .isEqualTo(4);
    }

    @Test
    void shouldIgnoreVariablesOfTheTraining() {
        CompleteDraft draft = new FakeVariables()
                .withLstm("rnn/lstm_cell", 3, 2)
                .with("rnn/lstm_cell/kernel/Adam", 5, 8)
                .with("rnn/lstm_cell/kernel/Adam_1", 5, 8)
                .with("train/rnn/lstm_cell/kernel/RMSProp_1", 5, 8)
                .with("rnn/lstm_cell/bias/Momentum", 8)
                .with("rnn/lstm_cell/bias/ExponentialMovingAverage", 8)
                .with("beta1_power")
                .with("train/beta2_power")
                .with("learning_rate")
                .withInts("global_step")
                .draft();

        assertThat(draft.layers()).hasSize(1);
    }

    @Test
    void shouldUseMovingAveragesIfOnlyTheyWereSaved() {
        CompleteDraft draft = new FakeVariables()
                .with("lstm_cell/kernel/ExponentialMovingAverage", 5, 8)
                .with("lstm_cell/bias/ExponentialMovingAverage", 8)
                .draft();

        assertThat(draft.layers()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "bidirectional_rnn/fw/lstm_cell/kernel, bidirectional",
        "rnn/attention_cell_wrapper/lstm_cell/kernel, attention",
        "conv1d/kernel, convolution",
        "conv_lstm_cell/kernel, convolution",
        "cudnn_lstm/opaque_kernel, opaque",
        "rnn/nas_cell/kernel, kind of cell",
        "rnn/phased_lstm_cell/kernel, kind of cell",
        "rnn/coupled_input_forget_gate_lstm_cell/W_0, kind of cell",
        "batch_normalization/gamma, normalisation"
    })
    void shouldRefuseUnsupportedCellsByName(String name, String reason) {
        FakeVariables variables =
                new FakeVariables().withLstm("rnn/lstm_cell", 3, 2).with(name, 5, 8);

        assertThatThrownBy(variables::draft)
                .isInstanceOf(Unsupported.class)
                .hasMessageStartingWith(FakeVariables.FILE + ": variable " + name)
                .hasMessageContaining(reason);
    }

    @Test
    void shouldRefuseADecoderBehindAnEncoder() {
        FakeVariables variables =
                new FakeVariables().withLstm("encoder/rnn/lstm_cell", 3, 2).withLstm("decoder/rnn/lstm_cell", 3, 2);

        assertThatThrownBy(variables::draft).isInstanceOf(Unsupported.class).hasMessageContaining("decoder");
    }

    @Test
    void shouldRefuseAnUnassignedVariable() {
        assertThatThrownBy(() -> new FakeVariables()
                        .withLstm("lstm_cell", 3, 2)
                        .with("mystery", 9, 9)
                        .draft())
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("mystery");
        assertThatThrownBy(() -> new FakeVariables()
                        .withLstm("lstm_cell", 3, 2)
                        .withInts("table", 9)
                        .draft())
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("int64");
        assertThatThrownBy(() -> new FakeVariables().withDense("dense", 3, 2).draft())
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("does not contain a recurrent cell");
    }

    @Test
    void shouldRefuseCellsWhoseShapesContradictEachOther() {
        assertThatThrownBy(() -> new FakeVariables()
                        .withLstm("cell_0/lstm_cell", 3, 2)
                        .withLstm("cell_1/lstm_cell", 5, 2)
                        .draft())
                .isInstanceOf(Malformed.class)
                .hasMessageContaining("has 5 inputs");
        assertThatThrownBy(() -> new FakeVariables()
                        .with("lstm_cell/kernel", 5, 8)
                        .with("lstm_cell/bias", 9)
                        .draft())
                .isInstanceOf(Malformed.class)
                .hasMessageContaining("must have shape [8]");
        assertThatThrownBy(
                        () -> new FakeVariables().with("lstm_cell/kernel", 5, 8).draft())
                .isInstanceOf(Malformed.class)
                .hasMessageContaining("lstm_cell/bias");
        assertThatThrownBy(() -> new FakeVariables().withLstm("lstm_cell", 0, 2).draft())
                .isInstanceOf(Malformed.class)
                .hasMessageContaining("must have more than the 2 rows of the state");
        assertThatThrownBy(() -> new FakeVariables()
                        .withLstm("lstm_cell", 3, 2)
                        .with("lstm_cell/w_f_diag", 2)
                        .draft())
                .isInstanceOf(Malformed.class)
                .hasMessageContaining("w_i_diag");
    }

    @Test
    void shouldAskForTheOrderOfEqualCellsWithNamesOfTheirOwn() {
        FakeVariables cells =
                new FakeVariables().withLstm("bottom/lstm_cell", 2, 2).withLstm("above/lstm_cell", 2, 2);
        String spec = "{\"layers\":[{\"cell\":\"lstm\",\"name\":\"above/lstm_cell\"},"
                + "{\"cell\":\"lstm\",\"name\":\"bottom/lstm_cell\"}]}";

        assertThatThrownBy(cells::draft)
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining(
                        "the order of its cells above/lstm_cell and bottom/lstm_cell is not stated; for this"
                                + " order, give --spec '" + spec + "'");
        CompleteDraft above = cells.draft(spec);
        CompleteDraft bottom = cells.draft(
                spec.replace("above", "x").replace("bottom", "above").replace("x/", "bottom/"));
        assertThat(above.layers().get(0).get("weight_ih").name()).startsWith("above/");
        assertThat(bottom.layers().get(0).get("weight_ih").name()).startsWith("bottom/");
    }

    @ParameterizedTest
    @CsvSource({
        "encoder/lstm_cell, decoder/lstm_cell",
        "enc_lstm, dec_lstm",
        "model/enc/rnn/lstm_cell, model/dec/rnn/lstm_cell"
    })
    void shouldRefuseAnEncoderAndADecoder(String encoder, String decoder) {
        FakeVariables cells = new FakeVariables().withLstm(encoder, 2, 2).withLstm(decoder, 2, 2);

        assertThatThrownBy(cells::draft)
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("belongs to a decoder after an encoder");
    }

    @Test
    void shouldTakeTheNumbersOfOuterScopesForTheOrder() {
        CompleteDraft draft = new FakeVariables()
                .withLstm("layer10/rnn/basic_lstm_cell", 2, 2)
                .withLstm("layer9/rnn/lstm_cell", 2, 2)
                .draft();

        assertThat(draft.layers().get(0).get("weight_ih").name()).startsWith("layer9/");
    }
}
