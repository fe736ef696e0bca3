package io.lstmstreams.modelfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.input.Model;
import io.lstmstreams.input.Vocabulary;
import io.lstmstreams.modelfile.tensor.ModelFileException.Inaccessible;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.RawSafetensors;
import io.lstmstreams.recurrent.Activation;
import io.lstmstreams.recurrent.Head;
import io.lstmstreams.recurrent.InputEncoding;
import io.lstmstreams.recurrent.LstmLayer;
import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.ScoringRule;
import io.lstmstreams.recurrent.TestNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFileTest {
    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("small.safetensors");
    }

    /** Returns a plain state_dict of 3 events and 2 units, whose weights encode their positions. */
    private static RawSafetensors stateDict() {
        return new RawSafetensors()
                .add("lstm.weight_ih_l0", new long[] {8, 3}, counting(24, 100))
                .add("lstm.weight_hh_l0", new long[] {8, 2}, counting(16, 200))
                .add("lstm.bias_ih_l0", new long[] {8}, counting(8, 300))
                .add("lstm.bias_hh_l0", new long[] {8}, 1, 2, 3, 4, 5, 6, 7, 8)
                .add("fc.weight", new long[] {3, 2}, counting(6, 400))
                .add("fc.bias", new long[] {3}, counting(3, 500));
    }

    private static float[] counting(int count, int from) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = from + i;
        }
        return values;
    }

    private static ObjectNode json(String text) {
        try {
            return (ObjectNode) SpecJson.MAPPER.readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @Test
    void shouldReadBackEveryBitOfAModelThatItSaved() {
        // Given
        Network network = TestNetwork.of(1, InputEncoding.ONE_HOT, 5, new ScoringRule.ProbabilityBelow(0.0002), 3, 4);
        Model model = new Model(network, Vocabulary.of(5, List.of("a", "b", "\u20ac", "other"), "<end>", "other"));

        // When
        ModelFile.save(model, file);
        Model back = ModelFile.load(file);

        // Then
        assertSameModel(back, model);
    }

    @Test
    void shouldSaveALoadedFileAsTheSameModel() {
        // Given
        Model loaded = ModelFile.load(stateDict().write(file));
        Path copy = folder.resolve("copy.safetensors");

        // When
        ModelFile.save(loaded, copy);

        // Then
        assertSameModel(ModelFile.load(copy), loaded);
    }

    private static void assertSameModel(Model got, Model expected) {
        assertThat(ModelFile.spec(got)).isEqualTo(ModelFile.spec(expected));
        assertThat(got.network().fingerprintHex()).isEqualTo(expected.network().fingerprintHex());
        assertThat(got.network().scoring()).isEqualTo(expected.network().scoring());
        assertThat(got.network().name()).isEqualTo(expected.network().name());
        assertThat(got.vocabulary().symbols()).isEqualTo(expected.vocabulary().symbols());
        assertThat(got.vocabulary().end()).isEqualTo(expected.vocabulary().end());
        assertThat(got.vocabulary().unknown()).isEqualTo(expected.vocabulary().unknown());
        for (int i = 0; i < expected.network().layers().size(); i++) {
            LstmLayer layer = lstm(got, i);
            LstmLayer other = lstm(expected, i);
            assertThat(layer.inputWeights()).isEqualTo(other.inputWeights());
            assertThat(layer.recurrentWeights()).isEqualTo(other.recurrentWeights());
            assertThat(layer.bias()).isEqualTo(other.bias());
        }
        assertThat(got.network().heads().get(0).weights())
                .isEqualTo(expected.network().heads().get(0).weights());
        assertThat(got.network().heads().get(0).bias())
                .isEqualTo(expected.network().heads().get(0).bias());
    }

    @Test
    void shouldSaveAnEndThatIsNotTheLastSymbol() {
        // Given
        Model model = new Model(TestNetwork.ofEvents(1, 3, 2), Vocabulary.of(3, List.of("a", "end", "b"), "end", null));

        // When
        ModelFile.save(model, file);

        // Then
        assertThat(ModelFile.load(file).vocabulary().symbols()).containsExactly("a", "end", "b");
        assertThat(ModelFile.load(file).vocabulary().end()).isEqualTo(1);
    }

    @Test
    void shouldSaveAVocabularyOfTheEndAlone() {
        // Given
        Model model = new Model(TestNetwork.ofEvents(1, 1, 2), Vocabulary.of(1, List.of("end"), "end", null));

        // When
        ModelFile.save(model, file);

        // Then
        assertThat(ModelFile.load(file).vocabulary().symbols()).containsExactly("end");
    }

    @Test
    void shouldSaveADenseModel() {
        // Given
        Network network = TestNetwork.of(1, InputEncoding.DENSE, 3, new ScoringRule.None(), 2);

        // When
        ModelFile.save(new Model(network, Vocabulary.ofSize(3)), file);

        // Then
        assertThat(ModelFile.load(file).network().encoding()).isEqualTo(InputEncoding.DENSE);
        assertThat(ModelFile.load(file).network().heads().get(0).activation()).isEqualTo(Activation.LINEAR);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a.b", "f\u00fcr", "two\nlines", "lstm", "weight", "__metadata__"})
    void shouldSaveAHeadOfAnyName(String name) {
        // Given
        Network network = TestNetwork.ofEvents(1, 3, 2);
        Head head = network.heads().get(0);
        Head named = new Head(name, Activation.SOFTMAX, 2, 3, head.weights(), head.bias());

        // When
        ModelFile.save(
                new Model(
                        new Network(
                                "m", InputEncoding.ONE_HOT, network.layers(), List.of(named), new ScoringRule.None()),
                        Vocabulary.ofSize(3)),
                file);

        // Then
        assertThat(ModelFile.load(file).network().heads().get(0).name()).isEqualTo(name);
    }

    @Test
    void shouldKeepItsFingerprintIfABiasIsMinusZero() {
        // Given: PyTorch's two biases are added, and -0 + 0 is 0
        Network zeros = new Network(
                "zeros",
                InputEncoding.ONE_HOT,
                List.of(new LstmLayer(1, 1, new float[4], new float[4], new float[] {-0f, -0f, -0f, -0f})),
                List.of(new Head("next", Activation.SOFTMAX, 1, 1, new float[1], new float[1])),
                new ScoringRule.None());

        // When
        ModelFile.save(new Model(zeros, Vocabulary.ofSize(1)), file);

        // Then
        assertThat(ModelFile.load(file).network().fingerprintHex()).isEqualTo(zeros.fingerprintHex());
    }

    @Test
    void shouldReadAPlainStateDict() {
        // When
        Model model = ModelFile.load(stateDict().write(file));
        Model ofEvents = ModelFile.load(file, json("{'heads':[{'activation':'softmax'}]}"));

        // Then
        LstmLayer layer = lstm(model, 0);
        assertThat(model.network().name()).isEqualTo("small");
        assertThat(layer.inputWeights()).startsWith(100, 101, 102, 103);
        assertThat(layer.recurrentWeights()).startsWith(200, 201);
        assertThat(layer.bias()).containsExactly(301, 303, 305, 307, 309, 311, 313, 315);
        assertThat(model.network().heads().get(0).name()).isEqualTo("fc");
        assertThat(model.network().predictsEvents()).isFalse(); // sizes alone make no event
        assertThat(ofEvents.network().predictsEvents()).isTrue();
        assertThat(model.network().scoring()).isEqualTo(new ScoringRule.None());
        assertThat(model.vocabulary().hasSymbols()).isFalse();
    }

    @Test
    void shouldReadLayersAndHeadsWithoutBiasAndWithoutModuleNames() {
        // When
        Model model = ModelFile.load(new RawSafetensors()
                .zeros("weight_ih_l0", 8, 3)
                .zeros("weight_hh_l0", 8, 2)
                .zeros("weight", 5, 2)
                .write(file));

        // Then
        assertThat(lstm(model, 0).bias()).containsOnly(0f).hasSize(8);
        assertThat(model.network().heads().get(0).bias()).containsOnly(0f).hasSize(5);
        assertThat(model.network().heads().get(0).name()).isEmpty();
        assertThat(model.network().heads().get(0).activation()).isEqualTo(Activation.LINEAR);
    }

    @Test
    void shouldReadTheSpecBesideAPlainStateDict() throws IOException {
        // Given
        stateDict().write(file);
        Files.writeString(
                folder.resolve("small.json"),
                "{\"name\":\"beside\",\"input\":{\"vocabulary\":[\"a\",\"b\"],\"end\":\"<end>\"},"
                        + "\"heads\":[{\"name\":\"next\"}],\"scoring\":{\"rule\":\"rank-above\",\"rank\":2}}");

        // When
        Model model = ModelFile.load(file);

        // Then
        assertThat(model.network().name()).isEqualTo("beside");
        assertThat(model.vocabulary().symbols()).containsExactly("a", "b", "<end>");
        assertThat(model.vocabulary().end()).isEqualTo(2);
        assertThat(model.network().heads().get(0).name()).isEqualTo("next");
        assertThat(model.network().heads().get(0).activation()).isEqualTo(Activation.SOFTMAX);
        assertThat(model.network().scoring()).isEqualTo(new ScoringRule.RankAbove(2));
    }

    @Test
    void shouldPreferTheSpecInTheFileToTheOneBesideIt() throws IOException {
        // Given
        stateDict()
                .field("\"__metadata__\":{\"lstm-streams\":\"{\\\"name\\\":\\\"inside\\\"}\"}")
                .write(file);
        Files.writeString(folder.resolve("small.json"), "{\"name\":\"beside\"}");

        // Then
        assertThat(ModelFile.load(file).network().name()).isEqualTo("inside");
    }

    @Test
    void shouldNameTheFileOfASpecThatIsNoJson() throws IOException {
        // Given
        stateDict().write(file);
        Path beside = Files.writeString(folder.resolve("small.json"), "{\"name\":");

        // Then
        assertThatThrownBy(() -> ModelFile.load(file))
                .isInstanceOf(Malformed.class)
                .hasMessageStartingWith(beside + ": the spec is not JSON");
    }

    @Test
    void shouldPreferAGivenSpecToTheOneInTheFile() {
        // Given
        stateDict()
                .field("\"__metadata__\":{\"lstm-streams\":\"{\\\"name\\\":\\\"inside\\\","
                        + "\\\"scoring\\\":{\\\"rule\\\":\\\"rank-above\\\",\\\"rank\\\":2},"
                        + "\\\"input\\\":{\\\"vocabulary\\\":[\\\"a\\\",\\\"b\\\",\\\"c\\\"]}}\"}")
                .write(file);

        // When
        Model model = ModelFile.load(
                file,
                json("{'scoring':{'rule':'probability-below','probability':0.5},"
                        + "'input':{'vocabulary':['x','y'],'end':'z'},'heads':[{'activation':'linear'}]}"));

        // Then
        assertThat(model.network().name()).isEqualTo("inside");
        assertThat(model.network().scoring()).isEqualTo(new ScoringRule.ProbabilityBelow(0.5));
        assertThat(model.vocabulary().symbols()).containsExactly("x", "y", "z");
        assertThat(model.network().heads().get(0).name()).isEqualTo("fc");
        assertThat(model.network().heads().get(0).activation()).isEqualTo(Activation.LINEAR);
    }

    @Test
    void shouldMergeLayersByPosition() {
        // Given
        new RawSafetensors()
                .zeros("lstm.weight_ih_l0", 8, 3)
                .zeros("lstm.weight_hh_l0", 8, 2)
                .zeros("lstm.weight_ih_l1", 4, 2)
                .zeros("lstm.weight_hh_l1", 4, 1)
                .zeros("fc.weight", 3, 1)
                .write(file);

        // When: nothing about the first layer, a forget bias for the second
        Model model = ModelFile.load(file, json("{'layers':[{},{'forgetBias':1.0}]}"));

        // Then: rows are i, f, g, o
        assertThat(lstm(model, 0).bias()).containsOnly(0f);
        assertThat(lstm(model, 1).bias()).containsExactly(0, 1, 0, 0);
    }

    @Test
    void shouldAddTheForgetBiasToTheForgetGateOnly() {
        // When
        Model model = ModelFile.load(stateDict().write(file), json("{'layers':[{'forgetBias':1.5}]}"));

        // Then: rows 2 and 3 are the forget gate's
        assertThat(lstm(model, 0).bias()).containsExactly(301, 303, 306.5f, 308.5f, 309, 311, 313, 315);
    }

    @Test
    void shouldFoldTheForgetBiasOnceAndNotAgainWhenSavedAndLoaded() {
        // Given
        Model model = ModelFile.load(stateDict().write(file), json("{'layers':[{'forgetBias':1.5}]}"));

        // When
        ModelFile.save(model, file);

        // Then
        assertThat(ModelFile.load(file).network().fingerprintHex())
                .isEqualTo(model.network().fingerprintHex());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'execution':{}}",
                "{'execution':null}",
                "{'execution':{'mode':'carry'}}",
                "{'scoring':null}",
                "{'name':null}",
                "{'layers':[{'activation':'tanh','recurrentActivation':'sigmoid','peepholes':false}]}",
                "{'layers':[{'activation':{'name':'tanh'},'recurrentActivation':{'name':'sigmoid'}}]}",
                "{'layers':[{'activation':null,'cellClip':null,'projection':null,'forgetBias':null}]}",
                "{'layers':[{'forgetBias':0}]}",
                "{'input':{'vocabulary':null,'end':null}}"
            })
    void shouldAcceptExplicitDefaults(String spec) {
        // Given
        Model plain = ModelFile.load(stateDict().write(file));

        // Then
        assertThat(ModelFile.spec(ModelFile.load(file, json(spec)))).isEqualTo(ModelFile.spec(plain));
    }

    @Test
    void shouldLoadFromAFileUri() {
        stateDict().write(file);

        assertThat(ModelFile.load(file.toUri().toString()).network().name()).isEqualTo("small");
    }

    @Test
    void shouldLoadFromAPathAsText() {
        stateDict().write(file);

        assertThat(ModelFile.load(file.toString()).network().name()).isEqualTo("small");
    }

    @Test
    void shouldCallAModelByTheUriThatItCameFrom() throws IOException {
        // Given: a URI that is not a file's, without a network: an entry of a jar
        stateDict().write(file);
        Path jar = folder.resolve("models.jar");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            zip.putNextEntry(new ZipEntry("good.safetensors"));
            zip.write(Files.readAllBytes(file));
            zip.putNextEntry(new ZipEntry("bad.safetensors"));
            zip.write(1);
        }
        String bad = "jar:" + jar.toUri() + "!/bad.safetensors";

        // Then
        assertThat(ModelFile.load("jar:" + jar.toUri() + "!/good.safetensors")
                        .network()
                        .name())
                .isEqualTo("good");
        assertThatThrownBy(() -> ModelFile.load(bad))
                .isInstanceOf(Malformed.class)
                .hasMessage(bad + ": is not a safetensors file: it must have at least 8 bytes, but has 1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no-such-file.safetensors",
                "",
                "\0",
                "https://",
                "nonsense://x",
                "file:relative",
                "mailto:you",
                "jar:x",
                "http://[",
                "ab:\0"
            })
    void shouldReportThatALocationCannotBeRead(String location) {
        assertThatThrownBy(() -> ModelFile.load(location)).isInstanceOf(Inaccessible.class);
    }

    @Test
    void shouldRefuseASpecFileThatIsNotUtf8() throws IOException {
        Path spec = Files.write(folder.resolve("spec.json"), new byte[] {'"', (byte) 0xff, '"'});

        assertThatThrownBy(() -> ModelFile.readSpec(spec))
                .isInstanceOf(Malformed.class)
                .hasMessage(spec + ": is not UTF-8");
    }

    private static LstmLayer lstm(Model model, int layer) {
        return (LstmLayer) model.network().layers().get(layer);
    }
}
