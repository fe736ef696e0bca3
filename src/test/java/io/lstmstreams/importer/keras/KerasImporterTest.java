package io.lstmstreams.importer.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.CompleteDraft;
import io.lstmstreams.importer.draft.Inference;
import io.lstmstreams.modelfile.tensor.ModelFileException;
import io.lstmstreams.modelfile.tensor.ModelFileException.Inaccessible;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KerasImporterTest {
    @TempDir
    private Path folder;

    private static CompleteDraft read(String fixture) {
        return Inference.complete(
                KerasImporter.read(Fixtures.path(fixture), fixture, Fixtures.noSpec()), Fixtures.noSpec());
    }

    private static CompleteDraft read(String fixture, String spec) {
        ObjectNode json = Fixtures.spec(spec);
        return Inference.complete(KerasImporter.read(Fixtures.path(fixture), fixture, json), json);
    }

    /** Returns the draft of keras-heads.keras with a changed configuration. */
    private CompleteDraft changed(UnaryOperator<String> change) throws IOException {
        return changed("keras-heads.keras", change);
    }

    private CompleteDraft changed(String fixture, UnaryOperator<String> change) throws IOException {
        Path file = Fixtures.withConfig(fixture, folder.resolve("m.keras"), change);
        return Inference.complete(KerasImporter.read(file, "m.keras", Fixtures.noSpec()), Fixtures.noSpec());
    }

    @Test
    void shouldReadAGraphWithBranchesAndHeads() {
        CompleteDraft draft = read("keras1-heads.h5");

        assertThat(draft.spec())
                .hasToString("{\"input\":{\"encoding\":\"one-hot\",\"size\":5},\"layers\":["
                        + "{\"cell\":\"lstm\",\"units\":6,\"activation\":\"tanh\",\"recurrentActivation\":\"hard_sigmoid\"},"
                        + "{\"cell\":\"batch_norm\",\"epsilon\":0.001},"
                        + "{\"cell\":\"lstm\",\"units\":4,\"activation\":\"tanh\",\"recurrentActivation\":\"hard_sigmoid\"},"
                        + "{\"cell\":\"lstm\",\"units\":3,\"activation\":\"tanh\",\"recurrentActivation\":\"hard_sigmoid\","
                        + "\"from\":[1]},"
                        + "{\"cell\":\"batch_norm\",\"epsilon\":0.001,\"from\":[2]},"
                        + "{\"cell\":\"batch_norm\",\"epsilon\":0.001,\"from\":[3]}],"
                        + "\"heads\":[{\"name\":\"act_output\",\"activation\":\"softmax\",\"from\":4},"
                        + "{\"name\":\"time_output\",\"activation\":\"linear\"}],"
                        + "\"execution\":{\"mode\":\"window\",\"length\":4,\"padding\":\"zeros\"}}");
        assertThat(draft.notes()).anyMatch(note -> note.startsWith("execution: window of 4, because"));
        assertThat(draft.layers().get(0).get("weight_ih").shape()).containsExactly(24, 5);
    }

    @ParameterizedTest
    @CsvSource({"use_bias,use_bjas", "recurrent_activation,recurrent_activatipn", "stateful,statefvl"})
    void shouldRefuseAnOptionThatNoKerasHas(String key, String damaged) {
        assertThatExceptionOfType(Unsupported.class)
                .isThrownBy(() -> changed(json -> json.replace("\"" + key + "\"", "\"" + damaged + "\"")))
                .withMessageContaining("layer ")
                .withMessageContaining("has the option \"" + damaged + "\"")
                .withMessageNotContaining("\n");
    }

    @Test
    void shouldRefuseAnyOptionsNameInOneLine() {
        assertThatExceptionOfType(Unsupported.class)
                .isThrownBy(() -> changed(json -> json.replace("\"use_bias\"", "\"use\\nbias\"")))
                .withMessageContaining("has the option \"use\\nbias\"");
    }

    @Test
    void shouldAcceptOptionsWithoutInfluenceOfAnyKeras() throws IOException {
        // Given
        String others = "\"implementation\":2,\"dynamic\":true,\"input_dtype\":null,\"units\"";

        // When
        CompleteDraft draft = changed(json -> json.replace("\"units\"", others));

        // Then
        assertThat(draft.spec()).isEqualTo(read("keras-heads.keras").spec());
    }

    @Test
    void shouldReportTheAssumedActivationIfTheConfigurationStatesNone() throws IOException {
        CompleteDraft draft = changed(json -> json.replaceAll("\"recurrent_activation\": ?\"sigmoid\",", ""));

        assertThat(draft.notes())
                .anyMatch(note -> note.startsWith("layers[0].recurrentActivation: sigmoid, the default of Keras 3"));
    }

    @Test
    void shouldReadTheSameModelFromBothFormats() {
        assertThat(read("keras-heads.h5").spec())
                .isEqualTo(read("keras-heads.keras").spec());
    }

    @Test
    void shouldPlaceSeveralInputsOneAfterTheOther() {
        CompleteDraft draft = read("keras-inputs.keras");

        assertThat(draft.spec().path("input"))
                .hasToString("{\"encoding\":\"fields\",\"size\":9,\"fields\":["
                        + "{\"field\":\"/amount\",\"encoding\":\"dense\",\"size\":3},"
                        + "{\"field\":\"/symbol\",\"encoding\":\"one-hot\",\"size\":6}]}");
        assertThat(draft.spec().path("layers").path(0)).hasToString("{\"cell\":\"slice\",\"offset\":0,\"units\":3}");
        assertThat(draft.spec().path("layers").path(2))
                .hasToString("{\"cell\":\"embedding\",\"size\":4,\"offset\":3,\"from\":[-1]}");
    }

    @Test
    void shouldReportTheSettingsThatWeightsAloneDoNotState() {
        CompleteDraft draft = read("keras-bare.weights.h5", "{'heads':[{'activation':'softmax'}]}");

        assertThat(draft.spec().path("layers"))
                .hasToString("[{\"cell\":\"embedding\",\"size\":3},"
                        + "{\"cell\":\"gru\",\"units\":4,\"resetAfter\":true,\"recurrentActivation\":\"sigmoid\"},"
                        + "{\"cell\":\"lstm\",\"units\":5,\"recurrentActivation\":\"sigmoid\"}]");
        assertThat(draft.notes()).anyMatch(note -> note.contains("layers[2].recurrentActivation"));
    }

    @Test
    void shouldUseTheSpecsOrderOfLayersIfTheFileHasNone() throws IOException {
        // Given
        ObjectNode wrong = (ObjectNode) Fixtures.JSON.readTree("{\"layers\":[{\"cell\":\"lstm\"},{\"cell\":\"gru\"}]}");

        // When
        assertThatExceptionOfType(Unsupported.class)
                .isThrownBy(() -> Inference.complete(
                        KerasImporter.read(Fixtures.path("keras-bare.weights.h5"), "w.h5", wrong), wrong))
                // Then
                .withMessageContaining("does not state the order of its layers [dense, embedding, gru, lstm]");
    }

    @Test
    void shouldFindTheConfigurationBesideWeights() throws IOException {
        // Given
        Files.copy(Fixtures.path("keras-bare.weights.h5"), folder.resolve("model.weights.h5"));
        Files.writeString(
                folder.resolve("model.json"),
                "{\"module\":\"keras\",\"class_name\":\"Sequential\",\"config\":{\"name\":\"s\",\"layers\":["
                        + "{\"class_name\":\"Embedding\",\"config\":{\"name\":\"e\",\"input_dim\":7,\"output_dim\":3}},"
                        + "{\"class_name\":\"GRU\",\"config\":{\"name\":\"g\",\"units\":4,\"return_sequences\":true}},"
                        + "{\"class_name\":\"LSTM\",\"config\":{\"name\":\"l\",\"units\":5,\"activation\":\"relu\"}},"
                        + "{\"class_name\":\"Dense\",\"config\":{\"name\":\"d\",\"units\":7}}]}}");

        // When
        CompleteDraft draft = Inference.complete(
                KerasImporter.read(folder.resolve("model.weights.h5"), "model.weights.h5", Fixtures.noSpec()),
                Fixtures.noSpec());

        // Then
        assertThat(draft.spec().path("layers").path(2).path("activation").asText())
                .isEqualTo("relu");
        assertThat(draft.spec().path("heads").path(0).path("name").asText()).isEqualTo("d");
    }

    @Test
    void shouldReadHardSigmoidByTheKerasVersionOfTheFile() throws IOException {
        assertThat(read("keras-heads.keras").spec().toString())
                .contains("{\"name\":\"hard_sigmoid\",\"alpha\":0.16666666666666666,\"beta\":0.5}");
        assertThat(read("keras1-heads.h5").spec().toString()).contains("\"recurrentActivation\":\"hard_sigmoid\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"batch_shape\": [null, null, 5]|\"batch_shape\": [null, 9, 5]|"
                        + "{\"mode\":\"window\",\"length\":9,\"padding\":\"zeros\"}",
                "\"batch_shape\": [null, null, 5]|\"batch_shape\": [1, 1, 5]|{\"mode\":\"window\",\"length\":1}",
                "\"stateful\": false|\"stateful\": true|{\"mode\":\"carry\"}",
            })
    void shouldInferTheExecutionFromTheInputsShape(String from, String to, String execution) throws IOException {
        CompleteDraft draft = changed(config -> config.replace(from, to));

        assertThat(draft.spec().path("execution")).hasToString(execution);
        assertThat(draft.notes()).anyMatch(note -> note.startsWith("execution: "));
    }

    @Test
    void shouldCarryOnInAStatefulModelOfManySteps() throws IOException {
        CompleteDraft draft =
                changed(config -> config.replace("\"batch_shape\": [null, null, 5]", "\"batch_shape\": [1, 9, 5]")
                        .replace("\"stateful\": false", "\"stateful\": true"));

        assertThat(draft.spec().path("execution")).hasToString("{\"mode\":\"carry\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"go_backwards\": false|\"go_backwards\": true|layer lstm (LSTM): runs backwards",
                "\"class_name\": \"LSTM\"|\"class_name\": \"Bidirectional\"|requires the whole sequence",
                "\"class_name\": \"LSTM\"|\"class_name\": \"Conv1DTranspose\"|is a convolution over several steps",
                "\"class_name\": \"LSTM\"|\"class_name\": \"MultiHeadAttention\"|attends to several steps",
                "\"class_name\": \"LSTM\"|\"class_name\": \"os.system\"|is a layer of a class that is not supported",
                "\"module\": \"keras.layers\", \"class_name\": \"LSTM\"|\"module\": \"os\", \"class_name\": \"LSTM\"|custom class (os.LSTM)",
                "\"class_name\": \"Dropout\"|\"class_name\": \"Lambda\"|contains Python code",
                "\"class_name\": \"Dropout\"|\"class_name\": \"RepeatVector\"|repeats a vector as the steps of a decoder",
                "\"class_name\": \"Dropout\"|\"class_name\": \"GlobalMaxPooling1D\"|pools over several steps",
                "\"activation\": \"tanh\"|\"activation\": \"mine\"|has the activation mine, which is not supported",
                "\"class_name\": \"Functional\"|\"class_name\": \"MyModel\"|is a model of the class MyModel",
                "\"axis\": -1|\"axis\": 1|normalises along axis 1",
                "\"training\": false|\"training\": true|is called with training=true",
            })
    void shouldRefuseUnsupportedLayersByName(String from, String to, String message) {
        assertThatExceptionOfType(Unsupported.class)
                .isThrownBy(() -> changed(config -> config.replace(from, to)))
                .withMessageStartingWith("m.keras")
                .withMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"units\": 7|\"units\": 8|of shape [5, 32]",
                "\"units\": 7|\"units\": 2147483647|of shape [5, 8589934588]",
                "\"units\": 7|\"units\": -7|must have an integer units of at least 1, but has -7",
                "\"units\": 7|\"units\": 7.5|must have an integer units of at least 1, but has 7.5",
                "\"keras_history\": [\"lstm\", 0, 0]|\"keras_history\": [\"lstm\", 0, 1]|must have one output",
                "\"use_bias\": true|\"use_bias\": false|must have 2 arrays in the file",
                "\"epsilon\": 0.001|\"epsilon\": \"x\"|must have a finite number epsilon",
                "[\"lstm\", 0, 0]|[\"nobody\", 0, 0]|reads nobody, which does not exist",
                "[\"lstm\", 0, 0]|[\"batch_normalization\", 0, 0]|contributes to no output",
                "[\"time_output\", 0, 0]|[\"act_output\", 0, 0]|contributes to no output",
                "{|[|is not valid JSON",
            })
    void shouldRefuseAConfigurationThatContradictsTheFile(String from, String to, String message) {
        assertThatExceptionOfType(Malformed.class)
                .isThrownBy(() -> changed(config -> config.replace(from, to)))
                .withMessageStartingWith("m.keras")
                .withMessageContaining(message);
    }

    @Test
    void shouldRefuseLayersThatReadEachOtherInACircle() {
        assertThatExceptionOfType(Malformed.class)
                .isThrownBy(() -> changed(
                        "keras-inputs.keras",
                        config -> config.replaceFirst("\\[\"embedding\", 0, 0]", "[\"concatenate\", 0, 0]")))
                .withMessage("m.keras: has layers that form a cycle");
    }

    @Test
    void shouldRefuseWeightsOfNoLayer() {
        assertThatExceptionOfType(Malformed.class)
                .isThrownBy(() -> changed(config -> config.replaceAll(
                        "\"BatchNormalization\", \"config\": \\{(\"name\": \"\\w+\"),",
                        "\"Identity\", \"config\": {$1}, \"once\": {")))
                .withMessageStartingWith("m.keras: /layers/batch_normalization")
                .withMessageEndingWith("belongs to no layer of the model");
    }

    @Test
    void shouldRefuseAnArchiveThatBreaksItsRules() throws IOException {
        byte[] json = "{}".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> read(zip("metadata.json", json))).hasMessage("z.keras: has no config.json");
        assertThatThrownBy(() -> read(zip("config.json", json))).hasMessage("z.keras: has no model.weights.h5");
        assertThatThrownBy(() -> read(zip("config.json", new byte[1 << 25])))
                .hasMessageStartingWith("z.keras: config.json: must have at most 16777216 bytes, but has 33554432");
        assertThatThrownBy(() -> read(zip("config.json", json, "model.weights.h5", new byte[1 << 25])))
                .hasMessageStartingWith("z.keras: model.weights.h5: would inflate from ");
    }

    private CompleteDraft read(byte[] archive) throws IOException {
        return Inference.complete(
                KerasImporter.read(Files.write(folder.resolve("z.keras"), archive), "z.keras", Fixtures.noSpec()),
                Fixtures.noSpec());
    }

    private static byte[] zip(Object... namesAndContents) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (int i = 0; i < namesAndContents.length; i += 2) {
                out.putNextEntry(new ZipEntry((String) namesAndContents[i]));
                out.write((byte[]) namesAndContents[i + 1]);
            }
        }
        return bytes.toByteArray();
    }

    @Test
    void shouldExplainWhyAFileCannotBeRead() {
        assertThatExceptionOfType(Inaccessible.class)
                .isThrownBy(
                        () -> Inference.complete(KerasImporter.read(folder, "f", Fixtures.noSpec()), Fixtures.noSpec()))
                .withMessage("f: is a folder, not a file");
        assertThatExceptionOfType(Inaccessible.class)
                .isThrownBy(() -> Inference.complete(
                        KerasImporter.read(folder.resolve("no.h5"), "no.h5", Fixtures.noSpec()), Fixtures.noSpec()))
                .withMessage("no.h5: does not exist");
        assertThatExceptionOfType(Malformed.class)
                .isThrownBy(() -> Inference.complete(
                        KerasImporter.read(Fixtures.path("keras.expected.json"), "j", Fixtures.noSpec()),
                        Fixtures.noSpec()))
                .withMessage("j: is not an HDF5 file");
        assertThatExceptionOfType(Malformed.class)
                .isThrownBy(() -> Inference.complete(
                        KerasImporter.read(Fixtures.path("hdf5-storage.h5"), "h", Fixtures.noSpec()),
                        Fixtures.noSpec()))
                .withMessage("h: is an HDF5 file, but contains neither a model nor weights of Keras");
    }

    @ParameterizedTest
    @CsvSource({
        "keras-heads.keras",
        "keras-heads.h5",
        "keras1-heads.h5",
        "keras-bare.weights.h5",
        "keras2-cudnn.h5",
        "keras-front.h5",
        "keras2-weights.h5"
    })
    void shouldSurviveRandomDamage(String fixture) throws IOException {
        byte[] good = Files.readAllBytes(Fixtures.path(fixture));
        Random random = new Random(20262);
        Path file = folder.resolve("damaged");
        for (int i = 0; i < 300; i++) {
            byte[] bytes = good.clone();
            for (int j = random.nextInt(10); j >= 0; j--) {
                bytes[random.nextInt(bytes.length)] = (byte) (random.nextBoolean() ? 0xff : random.nextInt());
            }
            Files.write(file, bytes);
            try {
                assertThat(Inference.complete(
                                KerasImporter.read(file, "damaged", Fixtures.noSpec()), Fixtures.noSpec()))
                        .isNotNull();
            } catch (ModelFileException e) {
                assertThat(e.getMessage()).startsWith("damaged").hasLineCount(1);
            }
        }
    }

    /** Damages the JSON, which no checksum protects. */
    @ParameterizedTest
    @CsvSource({"keras-heads.keras", "keras-front.keras", "keras-mask-value.keras", "keras-step.keras"})
    void shouldSurviveRandomDamageToTheConfiguration(String fixture) throws IOException {
        Random random = new Random(20263);
        for (int i = 0; i < 300; i++) {
            try {
                assertThat(changed(fixture, config -> damaged(config, random))).isNotNull();
            } catch (ModelFileException e) {
                assertThat(e.getMessage()).startsWith("m.keras").hasLineCount(1);
            }
        }
    }

    /** Swaps two tokens of the text, or drops one, so that the text mostly remains JSON. */
    private static String damaged(String config, Random random) {
        String[] tokens = config.split("(?<=[\\[\\]{}:,\" ])|(?=[\\[\\]{}:,\" ])");
        int words = 0;
        while (words < 2) {
            int at = random.nextInt(tokens.length);
            if (tokens[at].matches("\\w+")) {
                int other = random.nextInt(tokens.length);
                tokens[at] = tokens[other].matches("\\w+") ? tokens[other] : "1";
                words++;
            }
        }
        return String.join("", tokens) + " ";
    }
}
