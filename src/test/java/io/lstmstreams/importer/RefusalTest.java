package io.lstmstreams.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.input.InputEncoder;
import io.lstmstreams.input.Model;
import io.lstmstreams.input.Vocabulary;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.modelfile.tensor.ModelFileException;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.RawSafetensors;
import io.lstmstreams.recurrent.InputEncoding;
import io.lstmstreams.recurrent.KernelNames;
import io.lstmstreams.recurrent.PackedNetwork;
import io.lstmstreams.recurrent.ScoringRule;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.recurrent.SparseInput;
import io.lstmstreams.recurrent.TestNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files that are not usable models: each throws {@link ModelFileException} with one line that states the place and the
 * reason.
 */
class RefusalTest {
    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("m.safetensors");
    }

    private static RawSafetensors lstm() {
        return new RawSafetensors()
                .zeros("lstm.weight_ih_l0", 8, 3)
                .zeros("lstm.weight_hh_l0", 8, 2)
                .zeros("lstm.bias_ih_l0", 8)
                .zeros("lstm.bias_hh_l0", 8);
    }

    private static RawSafetensors model() {
        return lstm().zeros("fc.weight", 3, 2).zeros("fc.bias", 3);
    }

    private void assertRefused(RawSafetensors tensors, Class<? extends ModelFileException> type, String what) {
        tensors.write(file);
        assertThatThrownBy(() -> ModelFile.load(file))
                .isInstanceOf(type)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(what)
                .hasMessageNotContaining("\n");
    }

    @Test
    void shouldLoadTheUnchangedModel() {
        model().write(file);

        assertThat(ModelFile.load(file).network().inputSize()).isEqualTo(3);
    }

    @Test
    void shouldRefuseAFileWithoutTensors() {
        assertRefused(new RawSafetensors(), Unsupported.class, "does not contain an LSTM");
    }

    @Test
    void shouldRefuseAModelWithoutAHead() {
        assertRefused(lstm(), Unsupported.class, "does not contain a dense head");
    }

    @Test
    void shouldRefuseABidirectionalLayer() {
        assertRefused(
                model().zeros("lstm.weight_ih_l0_reverse", 8, 3),
                Unsupported.class,
                "tensor lstm.weight_ih_l0_reverse: belongs to a bidirectional layer");
    }

    @Test
    void shouldRefuseBiasesWhoseSumIsNotFinite() {
        float[] large = new float[4];
        Arrays.fill(large, Float.MAX_VALUE);

        assertRefused(
                new RawSafetensors()
                        .zeros("lstm.weight_ih_l0", 4, 1)
                        .zeros("lstm.weight_hh_l0", 4, 1)
                        .add("lstm.bias_ih_l0", new long[] {4}, large)
                        .add("lstm.bias_hh_l0", new long[] {4}, large)
                        .zeros("fc.weight", 1, 1),
                Malformed.class,
                "layer 0 (lstm): element 0 of the biases' sum must be a finite number");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // tensors that do not fit together
                "{'layers':[]} | Malformed | the spec has 0 layers, but the tensors have 1",
                "{'layers':[{},{}]} | Malformed | the spec has 2 layers, but the tensors have 1",
                "{'layers':[{'units':3}]} | Malformed | layer 0 (lstm): the spec says 3 units, but the tensors have 2",
                "{'input':{'size':4}} | Malformed | layer 0 takes 3 values, but the input gives 4",
                "{'heads':[]} | Malformed | the spec has no heads, but the tensors have 1",
                "{'heads':[{'name':'a'},{'name':'b','activation':'linear'}]} | Malformed | the spec has 2 heads, but the tensors have 1",
                // missing parts
                "{'input':null} | Malformed | must not remove the input size",
                "{'input':{'size':null}} | Malformed | must not remove the input size",
                "{'layers':null} | Malformed | must not remove the layers",
                "{'layers':[null]} | Malformed | must not remove the layers",
                "{'layers':[{},null]} | Malformed | must not remove the layers",
                "{'heads':null} | Malformed | must not remove the heads",
                "{'heads':[null]} | Malformed | must not remove the heads",
                "{'heads':[{'activation':null}]} | Malformed | must not remove the heads with an activation",
                "{'heads':[{},{}]} | Malformed | must not remove the heads with an activation",
                // wrong types
                "{'name':7} | Malformed | the spec's /name has the wrong type",
                "{'name':['a']} | Malformed | the spec's /name has the wrong type",
                "{'input':7} | Malformed | the spec's /input has the wrong type",
                "{'input':[]} | Malformed | the spec's /input has the wrong type",
                "{'input':{'size':'x'}} | Malformed | the spec's /input/size has the wrong type",
                "{'input':{'size':'3'}} | Malformed | the spec's /input/size has the wrong type",
                "{'input':{'size':3.7}} | Malformed | the spec's /input/size has the wrong type",
                "{'input':{'size':true}} | Malformed | the spec's /input/size has the wrong type",
                "{'input':{'size':99999999999}} | Malformed | the spec",
                "{'input':{'vocabulary':'abc'}} | Malformed | the spec's /input/vocabulary has the wrong type",
                "{'input':{'vocabulary':[1,2,3]}} | Malformed | the spec's /input/vocabulary/0 has the wrong type",
                "{'input':{'vocabulary':['a',['b'],'c']}} | Malformed | the spec's /input/vocabulary/1 has the wrong type",
                "{'layers':7} | Malformed | the spec's /layers has the wrong type",
                "{'layers':{}} | Malformed | the spec's /layers has the wrong type",
                "{'layers':['lstm']} | Malformed | the spec's /layers/0 has the wrong type",
                "{'layers':[{'peepholes':'no'}]} | Malformed | the spec's /layers/0/peepholes has the wrong type",
                "{'layers':[{'forgetBias':'1'}]} | Malformed | the spec's /layers/0/forgetBias has the wrong type",
                "{'heads':['fc']} | Malformed | the spec's /heads/0 has the wrong type",
                "{'scoring':'rank-above=9'} | Malformed | the spec's /scoring has the wrong type",
                "{'scoring':{'rule':'rank-above','rank':2.5}} | Malformed | the spec's /scoring/rank has the wrong type",
                "{'execution':'carry'} | Malformed | the spec's /execution has the wrong type",
                // unknown fields
                "{'nane':'x'} | Malformed | the spec has an unknown field nane",
                "{'layers':[{'unit':2}]} | Malformed | the spec has an unknown field unit",
                "{'input':{'vocab':[]}} | Malformed | the spec has an unknown field vocab",
                "{'x\\ny':1} | Malformed | the spec has an unknown field x?y",
                // unsupported
                "{'layers':[{'cell':'gru'}]} | Malformed | layer 0 (gru): tensor lstm.weight_hh_l0: must have shape [6, 2], but has [8, 2]",
                "{'layers':[{'cell':'dense'}]} | Malformed | layer 0 (dense): has no weight",
                "{'layers':[{'cell':null}]} | Malformed | the spec must name the layer's cell",
                "{'layers':[{'cell':'conv'}]} | Unsupported | layer 0 (conv): cell conv is not supported; supported: lstm, gru,",
                "{'layers':[{'activation':'shrink'}]} | Unsupported | layer 0 (lstm): activation shrink is not supported; supported: linear,",
                "{'layers':[{'activation':7}]} | Malformed | an activation must be a name, or an object with a name",
                "{'layers':[{'activation':'softmax'}]} | Malformed | activation must not be a softmax",
                "{'layers':[{'activation':{'name':'tanh','alpha':2}}]} | Malformed | activation tanh has no parameter alpha",
                "{'layers':[{'recurrentActivation':{'name':'hard_sigmoid','alpha':'x'}}]} | Malformed | alpha must be a finite number",
                "{'layers':[{'peepholes':true}]} | Malformed | the spec says peepholes, but weight_pi, weight_pf and weight_po are missing",
                "{'layers':[{'cellClip':-5}]} | Malformed | cellClip, projectionClip and clip must be at least 0",
                "{'layers':[{'projection':1}]} | Malformed | the spec says projection, but weight_hr is missing",
                "{'layers':[{'projectionClip':1}]} | Malformed | projectionClip requires a projection",
                "{'layers':[{'from':[0]}]} | Malformed | layer 0 reads layer 0, but a layer can read only layers before it",
                "{'heads':[{'activation':'shrink'}]} | Unsupported | head next: activation shrink is not supported",
                "{'heads':[{'from':3}]} | Malformed | head next reads layer 3, which does not exist",
                "{'input':{'encoding':'hash'}} | Unsupported | input encoding hash is not supported",
                "{'input':{'encoding':null}} | Unsupported | input encoding null is not supported",
                "{'input':{'encoding':'index'}} | Malformed | the spec's input size must be 1 for encoding index, but is 3",
                "{'input':{'encoding':'fields'}} | Malformed | the spec's input must have fields",
                "{'input':{'encoding':'fields','fields':[{'field':'/a'}]}} | Malformed | a field of the spec's input has no encoding",
                "{'input':{'encoding':'fields','fields':[{'encoding':'number'}]}} | Malformed | has no JSON pointer",
                "{'input':{'encoding':'fields','fields':[{'field':'/a','encoding':'one-hot'}]}} | Malformed | /a of the spec's input has no size",
                "{'input':{'encoding':'fields','fields':[{'field':'/a','encoding':'number'}]}} | Malformed | the fields have 1 elements, but",
                "{'execution':{'mode':'loop'}} | Unsupported | execution mode loop is not supported; supported: carry and window",
                "{'execution':{'mode':'window'}} | Malformed | execution mode window requires a length",
                "{'execution':{'mode':'window','length':3,'padding':'ones'}} | Unsupported | padding ones is not supported",
                // values
                "{'layers':[{'forgetBias':1e300}]} | Malformed | the spec's forgetBias must be a finite number",
                "{'scoring':{}} | Malformed | the spec's scoring must be rank-above",
                "{'scoring':{'rule':'rank-above'}} | Malformed | the spec's scoring must be rank-above",
                "{'scoring':{'rule':'probability-below','rank':9}} | Malformed | the spec's scoring must be rank-above",
                "{'scoring':{'rule':'rank-below','rank':9}} | Malformed | the spec's scoring must be rank-above",
                "{'scoring':{'rule':'rank-above','rank':0}} | Malformed | the rank of rank-above must be at least 1, but is 0",
                "{'scoring':{'rule':'probability-below','probability':2}} | Malformed | above 0 and at most 1, but is 2",
                // vocabulary
                "{'input':{'vocabulary':[]}} | Malformed | the vocabulary is empty",
                "{'input':{'vocabulary':['a','b']}} | Malformed | the vocabulary has 2 symbols, but the model knows 3 events",
                "{'input':{'vocabulary':['a','b','c'],'end':'d'}} | Malformed | the vocabulary has 4 symbols with the end symbol",
                "{'input':{'vocabulary':['a','b','a']}} | Malformed | the vocabulary contains a twice",
                "{'input':{'vocabulary':['a','b',null]}} | Malformed | symbol 2 of the vocabulary is null",
                "{'input':{'vocabulary':['a','b','\\ud83d']}} | Malformed | symbol 2 of the vocabulary is not Unicode text",
                "{'input':{'vocabulary':['a','b','c'],'unknown':'d'}} | Malformed | the unknown symbol d is not an event",
                "{'input':{'vocabulary':['a','b','c'],'end':'c','unknown':'c'}} | Malformed | the unknown symbol c is not",
                "{'input':{'end':'c'}} | Malformed | the spec names an end or unknown symbol, but has no vocabulary",
                "{'input':{'unknown':'c'}} | Malformed | the spec names an end or unknown symbol, but has no vocabulary",
            })
    void shouldRefuseASpec(String spec, String type, String what) throws Exception {
        // Given: a file of ours, which is correct without the change
        ModelFile.save(
                new Model(TestNetwork.of(1, InputEncoding.ONE_HOT, 3, new ScoringRule.None(), 2), Vocabulary.ofSize(3)),
                file);
        ObjectNode over = (ObjectNode) new ObjectMapper().readTree(spec.replace('\'', '"'));
        // Then
        assertThatThrownBy(() -> ModelFile.load(file, over))
                .isInstanceOf(type.equals("Malformed") ? Malformed.class : Unsupported.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(what)
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "7",
                "[]",
                "\"text\"",
                "{",
                "{\"name\":\"a\",\"name\":\"b\"}",
                "{\"name\":\"a\"} {}",
                "{\"name\":\"a\"}x",
                "{name:1}",
                "{\"name\":NaN}"
            })
    void shouldRefuseASpecThatIsNoJsonObject(String spec) throws IOException {
        // Given
        model().write(file);
        Path beside = Files.writeString(folder.resolve("m.json"), spec);

        // Then
        assertThatThrownBy(() -> ModelFile.load(file))
                .isInstanceOf(Malformed.class)
                .hasMessageStartingWith(beside + ": the spec ")
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"name\":"})
    void shouldRefuseASpecThatIsNestedTooDeep(String opening) throws IOException {
        // Given
        model().write(file);
        Files.writeString(folder.resolve("m.json"), "{\"name\":" + opening.repeat(100_000));

        // Then
        assertThatThrownBy(() -> ModelFile.load(file)).isInstanceOf(Malformed.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"layers\":", "[", "{\"a\":"})
    void shouldRefuseASpecThatIsNestedAsDeepAsTheParserAllows(String opening) throws IOException {
        // Given: a spec with 900 nested arrays
        model().write(file);
        String closing = opening.startsWith("[") ? "]" : "}";
        Files.writeString(
                folder.resolve("m.json"), "{\"layers\":[" + opening.repeat(900) + "1" + closing.repeat(900) + "]}");

        // Then
        assertThatThrownBy(() -> ModelFile.load(file)).isInstanceOf(Malformed.class);
    }

    /** Returns a small file with everything that a file can have. */
    private byte[] goodFile() {
        Model model = new Model(
                TestNetwork.of(1, InputEncoding.ONE_HOT, 3, new ScoringRule.RankAbove(2), 2),
                Vocabulary.of(3, List.of("a", "b"), "end", "b"));
        ModelFile.save(model, file);
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldRefuseAFileCutShortAtAnyByte() {
        byte[] good = goodFile();

        for (int length = 0; length < good.length; length++) {
            RawSafetensors.write(file, Arrays.copyOf(good, length));

            assertThatThrownBy(() -> ModelFile.load(file))
                    .as("the first " + length + " bytes of " + good.length)
                    .isInstanceOf(ModelFileException.class);
        }
    }

    @Test
    void shouldRefuseDamagedBytesOrLoadAModelThatRuns() {
        // Given: a fixed seed, so that a failure can be repeated
        byte[] good = goodFile();
        SplittableRandom random = new SplittableRandom(20_000);

        for (int round = 0; round < 20_000; round++) {
            // When
            byte[] damaged = damage(good, random);
            RawSafetensors.write(file, damaged);

            // Then
            assertThatCode(runIfItLoads())
                    .as(() -> "damaged file " + HexFormat.of().formatHex(damaged))
                    .doesNotThrowAnyException();
        }
    }

    private ThrowingCallable runIfItLoads() {
        return () -> {
            Model model;
            try {
                model = ModelFile.load(file);
            } catch (ModelFileException e) {
                assertThat(e.getMessage()).doesNotContain("\n");
                return;
            }
            assertThat(ModelFile.spec(model)).isNotEmpty();
            new InputEncoder(model);
            SparseInput input = model.network().encoding() == InputEncoding.DENSE
                    ? SparseInput.dense(new float[model.network().inputSize()])
                    : SparseInput.oneHot(model.network().inputSize() - 1);
            PackedNetwork.of(model.network(), KernelNames.kernel("scalar"))
                    .stepper()
                    .step(input, new SequenceState(model.network()));
        };
    }

    /** Changes, removes or inserts one to three bytes, mostly in the header, which has the structure. */
    private static byte[] damage(byte[] good, SplittableRandom random) {
        byte[] bytes = good;
        String telling = "\"\\{}[]:,-.0123456789eEntf\n\u0000";
        for (int changes = random.nextInt(1, 4); changes > 0; changes--) {
            int reach = random.nextInt(4) == 0 ? bytes.length : Math.min(bytes.length, 900);
            int at = random.nextInt(reach);
            byte other = random.nextBoolean()
                    ? (byte) random.nextInt(256)
                    : (byte) telling.charAt(random.nextInt(telling.length()));
            bytes = switch (random.nextInt(4)) {
                case 0 -> join(bytes, at, new byte[0], at + 1);
                case 1 -> join(bytes, at, new byte[] {other}, at);
                default -> join(bytes, at, new byte[] {other}, at + 1);
            };
        }
        return bytes;
    }

    private static byte[] join(byte[] bytes, int until, byte[] middle, int from) {
        byte[] joined = Arrays.copyOf(bytes, until + middle.length + bytes.length - from);
        System.arraycopy(middle, 0, joined, until, middle.length);
        System.arraycopy(bytes, from, joined, until + middle.length, bytes.length - from);
        return joined;
    }
}
