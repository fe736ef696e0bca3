package io.lstmstreams.importer.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lstmstreams.importer.draft.CompleteDraft;
import io.lstmstreams.importer.draft.Inference;
import io.lstmstreams.modelfile.tensor.ModelFileException;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.Tensor;
import io.lstmstreams.modelfile.tensor.TensorFile;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The layers that names and shapes determine, and those that they do not. Tensors are written {@code name 4x3},
 * separated by commas.
 */
class StateDictTest {
    private static final String OF_EVENTS = "{'scoring':{'rule':'rank-above','rank':9}}";
    private static final String LSTM =
            "lstm.weight_ih_l0 8x3,lstm.weight_hh_l0 8x2,lstm.bias_ih_l0 8,lstm.bias_hh_l0 8";
    private static final String MODEL = LSTM + ",fc.weight 3x2,fc.bias 3";

    private static CompleteDraft draft(String tensors, String spec) {
        Map<String, Tensor> byName = new TreeMap<>(); // the order of safetensors
        for (String tensor : tensors.split(",", -1)) {
            if (!tensor.isEmpty()) {
                String[] parts = tensor.split(" ", -1);
                long[] shape = parts[1].equals("scalar")
                        ? new long[0]
                        : Arrays.stream(parts[1].split("x", -1))
                                .mapToLong(Long::parseLong)
                                .toArray();
                int count = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
                float[] values = new float[count];
                Arrays.fill(values, byName.size());
                byName.put(parts[0], new Tensor(parts[0], shape, values));
            }
        }
        return Inference.complete(
                TorchImporter.of(
                        new TensorFile(new LinkedHashMap<>(byName), Map.of()),
                        "m.safetensors",
                        TorchFixtures.spec(spec)),
                TorchFixtures.spec(spec));
    }

    private static void assertSpec(String tensors, String spec, String expected) {
        assertThat(draft(tensors, spec).spec()).isEqualTo(TorchFixtures.carried(expected));
    }

    private static void assertRefused(
            String tensors, String spec, Class<? extends ModelFileException> type, String what) {
        assertThatThrownBy(() -> draft(tensors, spec))
                .isInstanceOf(type)
                .hasMessageStartingWith("m.safetensors: ")
                .hasMessageContaining(what);
    }

    @Test
    void shouldInferTheCellsFromTheirShapes() {
        assertSpec(
                "a1.weight_ih_l0 6x4,a1.weight_hh_l0 6x2,a2.weight_ih 5x2,a2.weight_hh 5x5,a10.weight_ih_l0 12x5,"
                        + "a10.weight_hh_l0 12x3,out.weight 4x3",
                OF_EVENTS,
                "{'input':{'encoding':'one-hot','size':4},'layers':[{'cell':'gru','units':2},{'cell':'rnn','units':5},"
                        + "{'cell':'lstm','units':3}],'heads':[{'name':'out','activation':'softmax'}]}");
    }

    @ParameterizedTest
    @CsvSource({"2, dense, linear", "3, one-hot, softmax", "4, one-hot, softmax", "6, dense, linear", "1, dense, linear"
    })
    void shouldInferTheInputFromTheHeadsSizeIfTheModelIsAboutEvents(int outputs, String encoding, String activation) {
        assertSpec(
                LSTM + ",fc.weight " + outputs + "x2",
                "{}",
                "{'input':{'encoding':'dense','size':3},'layers':[{'cell':'lstm','units':2}],"
                        + "'heads':[{'name':'fc','activation':'linear'}]}");
        assertSpec(
                LSTM + ",fc.weight " + outputs + "x2",
                OF_EVENTS,
                "{'input':{'encoding':'" + encoding + "','size':3},'layers':[{'cell':'lstm','units':2}],"
                        + "'heads':[{'name':'fc','activation':'" + activation + "'}]}");
    }

    @Test
    void shouldUseTheHeadOfTheFirstOneHotFieldForTheNextEvent() {
        String fields = "'input':{'encoding':'fields','size':3,'fields':[{'encoding':'seconds-since-last'},"
                + "{'field':'/kind','encoding':'one-hot','size':2}]}";
        assertSpec(
                LSTM + ",fc.weight 2x2",
                "{" + fields + "}",
                "{'input':{'encoding':'fields','size':3},'layers':[{'cell':'lstm','units':2}],"
                        + "'heads':[{'name':'fc','activation':'softmax'}]}");
    }

    @Test
    void shouldPutTheHeadOfEventsFirstAndCallHeadsByTheirModules() {
        CompleteDraft draft = draft(
                "net." + LSTM.replace(",", ",net.") + ",net.a.weight 1x2,net.z.weight 3x2",
                "{'layers':[{'cell':'lstm'}],'scoring':{'rule':'rank-above','rank':9}}");

        assertThat(draft.spec().at("/heads/0/name").asText()).isEqualTo("z");
        assertThat(draft.spec().at("/heads/1/name").asText()).isEqualTo("a");
        assertThat(draft.heads().get(0).get("weight").name()).isEqualTo("net.z.weight");
    }

    @Test
    void shouldObeyTheOrderOfTheSpec() {
        String tensors = "a.weight_ih_l0 2x2,a.weight_hh_l0 2x2,b.weight_ih_l0 2x2,b.weight_hh_l0 2x2,"
                + "n.weight 2,n.bias 2,x.weight 2x2,y.weight 2x2";
        String spec = "{'layers':[{'name':'b'},{'cell':'layer_norm','name':'n'},{'name':'a'},"
                + "{'cell':'activation','activation':'relu'}],'heads':[{'name':'y'},{'name':'x'}]}";

        CompleteDraft draft = draft(tensors, spec);

        assertThat(draft.layers().get(0).get("weight_hh").name()).isEqualTo("b.weight_hh_l0");
        assertThat(draft.layers().get(2).get("weight_hh").name()).isEqualTo("a.weight_hh_l0");
        assertThat(draft.layers().get(3)).isEmpty();
        assertThat(draft.heads().get(0).get("weight").name()).isEqualTo("y.weight");
        assertThat(draft.spec().at("/layers/3/cell").asText()).isEqualTo("activation");
    }

    @Test
    void shouldFollowAResidualConnectionOfTheSpec() {
        String tensors = "a.weight_ih_l0 2x2,a.weight_hh_l0 2x2,b.weight_ih_l0 2x2,b.weight_hh_l0 2x2,fc.weight 3x4";
        String spec = "{'layers':[{'name':'a'},{'name':'b'},{'cell':'concat','from':[0,1]}],'heads':[{'name':'fc'}]}";

        assertThat(draft(tensors, spec).spec().at("/layers/2/cell").asText()).isEqualTo("concat");
    }

    @Test
    void shouldUseTheRecurrentOutputAsTheModelsIfTheSpecStatesIt() {
        CompleteDraft named = draft(LSTM, "{'heads':[{'name':'h','activation':'linear'}]}");
        CompleteDraft none = draft(LSTM, "{'layers':[{'cell':'lstm'}],'heads':[]}");

        assertThat(named.spec().at("/heads/0/name").asText()).isEqualTo("h");
        assertThat(named.heads().get(0)).isEmpty();
        assertThat(none.heads()).isEmpty();
    }

    @Test
    void shouldDistinguishAnEmbeddingFromADenseLayerByName() {
        CompleteDraft draft = draft("emb.weight 2x2,fc.weight 2x2,rnn.weight_ih_l0 2x2,rnn.weight_hh_l0 2x2", "{}");

        assertThat(draft.spec().at("/layers/0/cell").asText()).isEqualTo("embedding");
        assertThat(draft.heads().get(0).get("weight").name()).isEqualTo("fc.weight");
    }

    @Test
    void shouldLeaveOutWeightsOfALossAndCounters() {
        CompleteDraft draft = draft(MODEL + ",criterion.weight 3,bn.num_batches_tracked scalar", "{}");

        assertThat(draft.notes()).anyMatch(note -> note.startsWith("tensor criterion.weight"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "enc.weight_ih_l0 8x3,enc.weight_hh_l0 8x2,dec.weight_ih_l0 8x2,dec.weight_hh_l0 8x2",
                "enc_rnn.weight_ih_l0 8x3,enc_rnn.weight_hh_l0 8x2,dec_rnn.weight_ih_l0 8x2,dec_rnn.weight_hh_l0 8x2",
                "Encoder.lstm.weight_ih_l0 8x3,Encoder.lstm.weight_hh_l0 8x2,"
                        + "Decoder.lstm.weight_ih_l0 8x2,Decoder.lstm.weight_hh_l0 8x2"
            })
    void shouldRefuseAnEncoderAndADecoderByTheirNames(String tensors) {
        assertRefused(
                tensors + ",fc.weight 2x2", "{}", Unsupported.class, "by its name belongs to the decoder of encoder");
    }

    @Test
    void shouldLeaveOutTheStateAfterTheLastRun() {
        assertThat(draft(MODEL + ",hidden_state 1x1x2,cell_state 1x1x2", "{}").notes())
                .anyMatch(note -> note.startsWith(
                        "tensor hidden_state is ignored: by its name it is the state after the module's last run"))
                .anyMatch(note -> note.startsWith("tensor cell_state is ignored"));
    }

    @Test
    void shouldAskForTheMembersOfASequentialWithoutParameters() {
        assertRefused(
                LSTM + ",fc.1.weight 3x2",
                "{}",
                Unsupported.class,
                "layers[1].activation (of fc.0, a member of an"
                        + " nn.Sequential without parameters; linear for a Dropout); give --spec '{\"layers\":[{\"cell\":\"lstm\"},"
                        + "{\"cell\":\"activation\",\"activation\":\"?\"}]}' with your model's value");
        assertSpec(
                LSTM + ",fc.1.weight 3x2",
                "{'layers':[{'cell':'lstm'},{'cell':'activation','activation':'relu'}]}",
                "{'input':{'encoding':'dense','size':3},'layers':[{'cell':'lstm','units':2},{'cell':'activation'}],"
                        + "'heads':[{'name':'fc.1','activation':'linear'}]}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x.weight_g 3 | Unsupported | tensor x.weight_g: does not belong to a supported layer",
                "lstm.weight_ih_l0_reverse 8x3 | Unsupported | belongs to a bidirectional layer",
                "lstm.weight_ih_l00 8x3 | Unsupported | tensor lstm.weight_ih_l00: does not belong to a supported layer",
                "attention.weight 3x2 | Unsupported | tensor attention.weight: by its name belongs to an attention layer",
                "self_attn.in_proj_weight 6x2 | Unsupported | by its name belongs to an attention layer",
                "conv.weight 2x2x3 | Unsupported | tensor conv.weight: must be a matrix, but has shape [2, 2, 3]: it belongs to a conv",
                "act.weight 1 | Unsupported | tensor act.weight: is a vector without a bias",
                "lstm.norm.weight 2 | Unsupported | tensor lstm.norm.weight: is part of the recurrent module lstm",
                "lstm.lin.weight 2x2 | Unsupported | tensor lstm.lin.weight: is part of the recurrent module lstm",
                "bn.running_mean 2 | Malformed | batch norm bn must have running_mean and running_var",
                "bn.bias 2 | Malformed | layer bn has no weight",
                "fd.weight 0x2 | Malformed | tensor fd.weight: must be a matrix, but has shape [0, 2]",
                "fd.weight scalar | Malformed | tensor fd.weight: must be a matrix, but has shape []",
                "gn.weight 2,gn.bias 2 | Unsupported | tensor gn.bias: by its name belongs to a GroupNorm, InstanceNorm",
                "instance_norm.weight 2,instance_norm.bias 2 | Unsupported | by its name belongs to a GroupNorm, Insta",
                "norm.weight 2,norm.bias 2 | Unsupported | the file does not state layers[1].cell (of norm.weight); give --spec",
                "norm.weight 2 | Unsupported | the file does not state layers[1].cell (of norm.weight); give --spec",
                "q.weight 2x2,k.weight 2x2 | Unsupported | tensor q.weight: by its name belongs to an attention layer",
                "att.weight 1x2 | Unsupported | tensor att.weight: by its name belongs to an attention layer",
                "mha.in_proj_bias 6 | Unsupported | tensor mha.in_proj_bias: by its name belongs to an attention layer",
                "fc._packed_params.dtype scalar | Unsupported | by its name belongs to a quantised layer",
                "h0 1x1x2 | Unsupported | tensor h0: by its name is a learned start state",
                "w.parametrizations.weight.original 2x2 | Unsupported | is parametrised in a way that is not known",
                "w.weight_g 3x1,w.weight_v 2x2 | Malformed | tensor w.weight_g: must have the shape of the norms of w.weight_v",
                "fd.weight 9x7 | Unsupported | its layers do not form a chain",
                "fd.weight 9x7,fd.bias 9 | Malformed | has shape [9, 7]: fd has 7 inputs, but no other layer has as many outputs",
                "fd.weight 3x2,fd.bias 2 | Malformed | tensor fd.bias: must have shape [3], but has [2]",
                "lstm.weight_ih_l2 8x2,lstm.weight_hh_l2 8x2 | Malformed | has layers [0, 2] of lstm",
                "lstm.weight_ih_l1 8x3,lstm.weight_hh_l1 8x2 | Malformed | tensor lstm.weight_ih_l1: must have shape [8, 2], but has [8, 3]",
                "lstm.weight_ih_l1 6x2,lstm.weight_hh_l1 6x2 | Malformed | has the shape of a gru",
                "lstm.weight_ih 8x3 | Malformed | occurs twice",
                "other.weight_ih_l0 8x3,other.weight_hh_l0 8x2 | Unsupported | its layers do not form a chain from the input to the heads"
            })
    void shouldRefuseATensorBesideAModel(String tensors, String type, String what) {
        assertRefused(
                MODEL + "," + tensors, "{}", type.equals("Malformed") ? Malformed.class : Unsupported.class, what);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a.weight_ih 8x3 | Malformed | a layer 0 has no weight_hh",
                "a.weight_hh 8x2 | Malformed | a layer 0 has no weight_ih",
                "a.weight_ih 8x3,a.weight_hh 8x2,a.bias_ih 8 | Malformed | a layer 0 has no bias_hh",
                "a.weight_ih 8x3,a.weight_hh 8x2,a.bias_ih 8,a.bias_hh 4 | Malformed | tensor a.bias_hh: must have shape [8], but has [4]",
                "a.weight_ih 8x3,a.weight_hh 8x3 | Malformed | tensor a.weight_hh: must have shape [12, 3], but has [8, 3]",
                "a.weight_ih 7x3,a.weight_hh 8x2 | Malformed | tensor a.weight_ih: must have shape [8, 3], but has [7, 3]",
                "a.weight_ih 8x0,a.weight_hh 8x2 | Malformed | tensor a.weight_ih: must be a matrix, but has shape [8, 0]",
                "a.weight_ih 24,a.weight_hh 8x2 | Malformed | tensor a.weight_ih: must be a matrix, but has shape [24]",
                "a.weight_ih 8x3,a.weight_hh 8x1,a.weight_hr 2x2 | Malformed | tensor a.weight_hr: must have shape [1, 2], but has [2, 2]",
                "a.weight_ih 8x3,a.weight_hh 8x2 | Unsupported | does not contain a dense head",
                "fc.weight 3x2 | Unsupported | does not contain an LSTM, GRU or RNN",
                "'' | Unsupported | does not contain an LSTM, GRU or RNN",
                "encoder.rnn.weight_ih 2x2,encoder.rnn.weight_hh 2x2,decoder.rnn.weight_ih 2x2,decoder.rnn.weight_hh 2x2,fc.weight 2x2 | Unsupported | belongs to the decoder of encoder"
            })
    void shouldRefuseAModel(String tensors, String type, String what) {
        assertRefused(tensors, "{}", type.equals("Malformed") ? Malformed.class : Unsupported.class, what);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'layers':[{'cell':'gru'}]} | the spec's layers[0].cell is gru, but by its shape [8, 2] the layer is lstm",
                "{'layers':[{},{}]} | the spec has 2 layers, but the tensors have 1 (lstm > fc)",
                "{'layers':[{'name':'rnn'}]} | the spec's layers[0].name must be one of fc, lstm, but is rnn",
                "{'heads':[{},{}]} | the spec has 2 heads, but the tensors have 1",
                "{'heads':[]} | the spec has 0 heads, but the tensors have 1"
            })
    void shouldRefuseASpecThatTheTensorsContradict(String spec, String what) {
        assertRefused(MODEL, spec, Malformed.class, what);
    }

    @Test
    void shouldRefuseTwoOrdersThatFit() {
        assertRefused(
                "a.weight_ih_l0 2x2,a.weight_hh_l0 2x2,b.weight_ih_l0 2x2,b.weight_hh_l0 2x2,fc.weight 3x2,fc.bias 3",
                "{}",
                Unsupported.class,
                "the order of its layers is ambiguous: a > b > fc and b > a > fc fit; for the first, give --spec"
                        + " '{\"layers\":[{\"cell\":\"rnn\",\"name\":\"a\"},"
                        + "{\"cell\":\"rnn\",\"name\":\"b\"}],\"heads\":[{\"name\":\"fc\"}]}'");
    }

    @Test
    void shouldRefuseManyInterchangeableLayersWithoutTryingAllOrders() {
        StringBuilder tensors = new StringBuilder("lstm.weight_ih_l0 8x2,lstm.weight_hh_l0 8x2");
        for (int i = 0; i < 90; i++) {
            tensors.append(",n")
                    .append((char) ('a' + i % 26))
                    .append((char) ('a' + i / 26))
                    .append(".weight 2x2");
        }

        assertRefused(tensors.toString(), "{}", Unsupported.class, "is ambiguous: very many orders fit");
    }
}
