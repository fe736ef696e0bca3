package io.lstmstreams.importer.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.CompleteDraft;
import io.lstmstreams.importer.draft.Inference;
import io.lstmstreams.importer.torch.format.RawPickle;
import io.lstmstreams.modelfile.tensor.ModelFileException;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that PyTorch writes, with the contents of public code. */
class TorchImporterTest {
    @TempDir
    private Path folder;

    private static void assertSpec(CompleteDraft draft, String expected) {
        assertThat(draft.spec()).isEqualTo(TorchFixtures.carried(expected));
        assertThat(draft.layers()).hasSize(draft.spec().get("layers").size());
        assertThat(draft.heads()).hasSize(draft.spec().get("heads").size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "deeplog.pt",
                "deeplog-legacy.pt",
                "deeplog-float64.pt",
                "deeplog-views.pt",
                "deeplog-views-legacy.pt",
                "deeplog.safetensors"
            })
    void shouldUseTheIndexAsTheOnlyInputAsDeepLogDoes(String name) {
        CompleteDraft draft = TorchFixtures.read(name);

        assertSpec(
                draft,
                "{'input':{'encoding':'index','size':1},'layers':[{'cell':'lstm','units':6},{'cell':'lstm','units':6}],"
                        + "'heads':[{'name':'fc','activation':'softmax'}]}");
        assertThat(draft.layers().get(0).keySet())
                .containsExactlyInAnyOrder("weight_ih", "weight_hh", "bias_ih", "bias_hh");
        assertThat(draft.layers().get(1).get("weight_ih").name()).isEqualTo("lstm.weight_ih_l1");
        assertThat(draft.heads().get(0).keySet()).containsExactlyInAnyOrder("weight", "bias");
        assertThat(draft.notes()).anyMatch(note -> note.startsWith("execution: carry"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"deeplog-float16.pt", "deeplog-bfloat16.pt"})
    void shouldReadHalfPrecision(String name) {
        assertThat(TorchFixtures.read(name).layers().get(0).get("weight_ih").values())
                .hasSize(16)
                .doesNotContain(0);
    }

    @Test
    void shouldFindTheStateDictInACheckpointOfATraining() {
        CompleteDraft draft = TorchFixtures.read("logdeep-checkpoint.pth");

        assertSpec(
                draft,
                "{'input':{'encoding':'index','size':1},'layers':[{'cell':'lstm','units':4}],"
                        + "'heads':[{'name':'fc','activation':'softmax'}]}");
        assertThat(draft.heads().get(0).get("weight").name()).isEqualTo("module.fc.weight");
        assertThat(draft.notes()).contains("state_dict: at ['state_dict'] of the checkpoint");
    }

    @Test
    void shouldReadAnEmbeddingWhoseWeightsAreTheHeadsToo() {
        CompleteDraft draft = TorchFixtures.read("word-language-model.pt");

        assertSpec(
                draft,
                "{'input':{'encoding':'one-hot','size':5},'layers':[{'cell':'embedding','size':4},"
                        + "{'cell':'lstm','units':4},{'cell':'lstm','units':4}],"
                        + "'heads':[{'name':'decoder','activation':'softmax'}]}");
        assertThat(draft.layers().get(0).get("weight").values())
                .containsExactly(draft.heads().get(0).get("weight").values());
    }

    @Test
    void shouldReadACharRnn() {
        assertSpec(
                TorchFixtures.read("char-rnn.bin"),
                "{'input':{'encoding':'one-hot','size':5},'layers':[{'cell':'embedding','size':6},"
                        + "{'cell':'gru','units':6},{'cell':'gru','units':6}],"
                        + "'heads':[{'name':'decoder','activation':'softmax'}]}");
    }

    @Test
    void shouldReadCellsInALoopAndTwoHeads() {
        CompleteDraft draft = TorchFixtures.read("cells.pt");

        assertSpec(
                draft,
                "{'input':{'encoding':'one-hot','size':5},'layers':[{'cell':'lstm','units':6},{'cell':'gru','units':7},"
                        + "{'cell':'rnn','units':4}],'heads':[{'name':'heads.key','activation':'softmax'},"
                        + "{'name':'heads.delay','activation':'linear'}]}");
        assertThat(draft.heads().get(0).keySet()).containsExactly("weight");
        assertThat(draft.notes())
                .anyMatch(note -> note.startsWith("layers[2].activation: tanh, the default of PyTorch"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"normed.pt", "normed.safetensors"})
    void shouldReadNormsProjectionAndDenseLayers(String name) {
        CompleteDraft draft = TorchFixtures.read(name);

        assertSpec(
                draft,
                "{'input':{'encoding':'one-hot','size':5},'layers':[{'cell':'dense','units':8},"
                        + "{'cell':'lstm','units':6,'projection':3},{'cell':'layer_norm','epsilon':1e-5},"
                        + "{'cell':'lstm','units':7},{'cell':'batch_norm','epsilon':1e-5},{'cell':'dense','units':4}],"
                        + "'heads':[{'name':'fc.3','activation':'softmax'}]}");
        assertThat(draft.layers().get(4).keySet())
                .containsExactlyInAnyOrder("weight", "bias", "running_mean", "running_var");
    }

    @Test
    void shouldAskForTheActivationsBetweenDenseLayers() {
        assertThatThrownBy(() -> TorchFixtures.read(TorchFixtures.path("normed.pt"), TorchFixtures.spec("{}")))
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("layers[0].activation (of inp.weight) and layers[2].cell (of norm.weight) and"
                        + " layers[5].activation (of fc.0.weight)");
    }

    @Test
    void shouldReadTheParametersOfATorchScriptModule() {
        assertSpec(
                TorchFixtures.read("script.pt"),
                "{'input':{'encoding':'one-hot','size':5},'layers':[{'cell':'rnn','units':6,'activation':'relu'}],"
                        + "'heads':[{'name':'fc','activation':'softmax'}]}");
    }

    @Test
    void shouldRefuseAWholeModule() {
        assertThatThrownBy(() -> TorchFixtures.read("whole-module.pt"))
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("Python class torch.nn.modules.rnn.LSTM")
                .hasMessageContaining("torch.save(model.state_dict(), ...)");
    }

    private static RawPickle stateDict(RawPickle pickle) {
        pickle.add("}(").text("lstm.weight_ih_l0").tensor(4, 0, new int[] {4, 1}, new int[] {1, 1});
        pickle.text("lstm.weight_hh_l0").tensor(4, 0, new int[] {4, 1}, new int[] {1, 1});
        return pickle.text("fc.weight")
                .tensor(4, 0, new int[] {3, 1}, new int[] {1, 1})
                .add("u");
    }

    @Test
    void shouldRefuseACheckpointOfTwoModels() {
        RawPickle pickle = new RawPickle().add("}(").text("model");
        stateDict(pickle).text("ema");
        Path file = stateDict(pickle).add("u").write(folder.resolve("m.pt"), new byte[16]);

        assertThatThrownBy(() -> Inference.complete(
                        TorchImporter.read(file, "m.pt", TorchFixtures.spec("{}")), TorchFixtures.spec("{}")))
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("more than one state_dict, at ['model'] and ['ema']");
    }

    @ParameterizedTest
    @CsvSource({"'N', a single value", "']', a list", "'}', does not contain a state_dict"})
    void shouldRefuseFilesWithoutAStateDict(String pickle, String what) {
        Path file = new RawPickle().add(pickle).write(folder.resolve("m.pt"), new byte[0]);

        assertThatThrownBy(() -> Inference.complete(
                        TorchImporter.read(file, "m.pt", TorchFixtures.spec("{}")), TorchFixtures.spec("{}")))
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining(what);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"deeplog.pt", "deeplog-views-legacy.pt", "logdeep-checkpoint.pth", "normed.pt", "script.pt"})
    void shouldRefuseDamagedBytesOrReadADraft(String name) throws IOException {
        // Given: a fixed seed, so that a failure can be repeated
        byte[] good = Files.readAllBytes(TorchFixtures.path(name));
        ObjectNode spec = TorchFixtures.specOf(name);
        SplittableRandom random = new SplittableRandom(name.hashCode());
        Path file = folder.resolve("m.pt");

        for (int round = 0; round < 1_000; round++) {
            // When
            byte[] damaged = damage(good, random);
            write(file, damaged);

            // Then
            int number = round;
            assertThatCode(() -> readOrRefuse(file, spec))
                    .as(() -> "round " + number + " of " + name)
                    .doesNotThrowAnyException();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"deeplog-views.pt", "logdeep-checkpoint.pth", "normed.pt", "script.pt"})
    void shouldRefuseADamagedPickleOrReadADraft(String name) throws IOException {
        // Given: archives with right checksums
        Map<String, byte[]> entries = entries(TorchFixtures.path(name));
        ObjectNode spec = TorchFixtures.specOf(name);
        SplittableRandom random = new SplittableRandom(name.hashCode());
        Path file = folder.resolve("m.pt");

        for (int round = 0; round < 1_000; round++) {
            // When
            Map<String, byte[]> damaged = new LinkedHashMap<>(entries);
            damaged.replaceAll((entry, bytes) -> entry.endsWith("/data.pkl") ? damage(bytes, random) : bytes);
            write(file, archive(damaged));

            // Then
            int number = round;
            assertThatCode(() -> readOrRefuse(file, spec))
                    .as(() -> "round " + number + " of " + name)
                    .doesNotThrowAnyException();
        }
    }

    private static Map<String, byte[]> entries(Path archive) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                entries.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
            }
        }
        return entries;
    }

    private static byte[] archive(Map<String, byte[]> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
            }
        }
        return bytes.toByteArray();
    }

    private static void readOrRefuse(Path file, ObjectNode spec) {
        try {
            CompleteDraft draft = Inference.complete(TorchImporter.read(file, "m.pt", spec), spec);
            assertThat(draft.layers()).hasSize(draft.spec().get("layers").size());
            draft.layers()
                    .forEach(layer ->
                            assertThat(layer.values()).allMatch(tensor -> tensor.values().length == product(tensor)));
        } catch (ModelFileException e) {
            assertThat(e.getMessage()).startsWith("m.pt: ").doesNotContain("\n");
        }
    }

    private static long product(Tensor tensor) {
        return Arrays.stream(tensor.shape()).reduce(1, (a, b) -> a * b);
    }

    /** Changes one to three bytes, or removes, inserts or moves a piece. */
    private static byte[] damage(byte[] good, SplittableRandom random) {
        byte[] bytes = good.clone();
        for (int changes = random.nextInt(1, 4); changes > 0 && bytes.length > 0; changes--) {
            int at = random.nextInt(bytes.length);
            int length = Math.min(random.nextInt(1, 9), bytes.length - at);
            switch (random.nextInt(8)) {
                case 0 -> bytes = join(bytes, at, new byte[0], at + length);
                case 1 -> bytes = join(bytes, at, new byte[length], at);
                case 2 -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
                case 3 -> System.arraycopy(bytes, at, bytes, random.nextInt(bytes.length - length + 1), length);
                case 4 -> Arrays.fill(bytes, at, at + length, (byte) 0xff);
                default -> bytes[at] = (byte) random.nextInt(256);
            }
        }
        return bytes;
    }

    private static byte[] join(byte[] bytes, int until, byte[] middle, int from) {
        byte[] joined = Arrays.copyOf(bytes, until + middle.length + bytes.length - from);
        System.arraycopy(middle, 0, joined, until, middle.length);
        System.arraycopy(bytes, from, joined, until + middle.length, bytes.length - from);
        return joined;
    }

    private static void write(Path file, byte[] bytes) {
        try {
            Files.deleteIfExists(file); // truncating an old file makes some file systems wait for the disk
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
