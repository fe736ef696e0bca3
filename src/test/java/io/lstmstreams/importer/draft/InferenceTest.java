package io.lstmstreams.importer.draft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The settings of inputs and heads that follow from sizes, for every framework. */
class InferenceTest {
    private static final Map<String, Tensor> WEIGHTS =
            Map.of("weight", new Tensor("w", new long[] {1, 1}, new float[1]));

    private static ObjectNode json(String text) {
        try {
            return (ObjectNode) new ObjectMapper().readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private static Draft draft(DraftInput input) {
        Draft draft = new Draft("m.file");
        draft.input(input);
        draft.addLayer(new DraftLayer(json("{'cell':'lstm','units':2}"), Map.of(), 2));
        return draft;
    }

    private static DraftHead head(String name, String activation, long outputs) {
        JsonNode stated = activation == null ? null : new TextNode(activation);
        return new DraftHead(name, stated, null, 0, WEIGHTS, outputs, "layer " + name);
    }

    @ParameterizedTest
    @CsvSource({
        "softmax, {}, one-hot",
        "linear, {}, dense",
        "linear, '{''scoring'':{''rule'':''rank-above''}}', one-hot"
    })
    void shouldInferAnEventAmongSeveralInputsByTheSameRule(String activation, String spec, String expected) {
        ObjectNode fields = json("{'fields':[{'field':'/e','encoding':'dense','size':9},"
                + "{'field':'/n','encoding':'dense','size':4}]}");
        Draft draft = draft(DraftInput.fields(13, "because", (ArrayNode) fields.get("fields")));
        draft.addHead(head("fc", activation, 10));

        JsonNode input = Inference.complete(draft, json(spec)).spec().get("input");

        assertThat(input.at("/fields/0/encoding").asText()).isEqualTo(expected);
        assertThat(input.at("/fields/1/encoding").asText()).isEqualTo("dense");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "unknown",
            value = {
                // inputs, outputs, the file's activation: encoding, activation
                "28, 28, unknown, dense, linear",
                "28, 29, unknown, dense, linear",
                "28, 27, unknown, dense, linear",
                "28, 30, unknown, dense, linear",
                "28, 28, softmax, one-hot, softmax",
                "28, 29, log_softmax, one-hot, log_softmax",
                "28, 28, linear, dense, linear",
                "28, 28, sigmoid, dense, sigmoid",
                "1, 28, unknown, dense, linear",
                "1, 28, softmax, dense, softmax",
                "1, 1, unknown, dense, linear"
            })
    void shouldNotInferAnEventFromSizesAlone(
            int inputs, int outputs, String activation, String encoding, String expected) {
        Draft draft = draft(DraftInput.numbers(inputs));
        draft.addHead(head("fc", activation, outputs));

        CompleteDraft complete = Inference.complete(draft, json("{}"));

        assertThat(complete.spec().at("/input"))
                .isEqualTo(json("{'encoding':'" + encoding + "','size':" + inputs + "}"));
        assertThat(complete.spec().at("/heads/0/activation").asText()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|dense|linear",
                "{'input':{'vocabulary':['a']}}|one-hot|softmax",
                "{'input':{'end':'<end>'}}|one-hot|softmax",
                "{'scoring':{'rule':'rank-above','rank':9}}|one-hot|softmax",
                "{'heads':[{'activation':'softmax'}]}|one-hot|softmax",
                "{'heads':[{'activation':{'name':'softmax'}}]}|one-hot|softmax",
                "{'heads':[{'activation':'linear'}],'input':{'vocabulary':['a']}}|one-hot|linear",
                "{'heads':[{'activation':'sigmoid'}],'scoring':{}}|dense|sigmoid",
                "{'input':{'encoding':'one-hot'}}|one-hot|linear"
            })
    void shouldTreatALinearHeadAsLogitsIfTheUserNamesEvents(String userSpec, String encoding, String activation) {
        Draft draft = draft(DraftInput.numbers(28));
        draft.addHead(head("fc", "linear", 29));

        CompleteDraft complete = Inference.complete(draft, json(userSpec));

        assertThat(complete.spec().at("/input/encoding").asText()).isEqualTo(encoding);
        JsonNode stated = complete.spec().at("/heads/0/activation");
        assertThat(stated.path("name").asText(stated.asText())).isEqualTo(activation);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "unknown",
            value = {
                // inputs, outputs, the file's activation: encoding, activation
                "28, 28, unknown, one-hot, softmax",
                "28, 29, unknown, one-hot, softmax",
                "28, 29, linear, one-hot, softmax",
                "28, 27, unknown, dense, linear",
                "28, 28, sigmoid, dense, sigmoid",
                "1, 28, unknown, index, softmax",
                "1, 28, linear, index, softmax",
                "1, 1, unknown, dense, linear"
            })
    void shouldReadEventsIfTheUserNamesThem(
            int inputs, int outputs, String activation, String encoding, String expected) {
        Draft draft = draft(DraftInput.numbers(inputs));
        draft.addHead(head("fc", activation, outputs));

        CompleteDraft complete = Inference.complete(draft, json("{'input':{'vocabulary':['a']}}"));

        assertThat(complete.spec().at("/input/encoding").asText()).isEqualTo(encoding);
        assertThat(complete.spec().at("/heads/0/activation").asText()).isEqualTo(expected);
    }

    @Test
    void shouldNotTreatTheStateOfACellAsLogits() {
        Draft draft = draft(DraftInput.numbers(3));
        draft.addHead(new DraftHead("h", new TextNode("linear"), null, 0, Map.of(), 3, "output h"));

        assertThat(Inference.complete(draft, json("{}"))
                        .spec()
                        .at("/input/encoding")
                        .asText())
                .isEqualTo("dense");
    }

    @Test
    void shouldPredictOneEventLessThanAnEmbeddingWithARowForThePadding() {
        Draft draft = draft(DraftInput.symbol(28, "because an embedding reads it"));
        draft.addHead(head("fc", null, 27));

        CompleteDraft complete = Inference.complete(draft, json("{}"));

        assertThat(complete.spec().at("/heads/0/activation").asText()).isEqualTo("softmax");
        assertThat(complete.settings().get(0).origin().kind()).isEqualTo(Origin.Kind.FILE);
    }

    @Test
    void shouldMoveTheHeadOfEventsToTheFrontOnlyIfTheOrderHasNoMeaning() {
        for (boolean sorted : new boolean[] {true, false}) {
            Draft draft = draft(DraftInput.numbers(28));
            draft.addHead(head("delay", null, 1));
            draft.addHead(head("event", null, 28));
            if (!sorted) {
                draft.headsAreUnsorted(false);
            }

            CompleteDraft complete = Inference.complete(draft, json("{'input':{'vocabulary':['a']}}"));

            assertThat(complete.spec().at("/heads/0/name").asText()).isEqualTo(sorted ? "delay" : "event");
            assertThat(complete.spec().at("/input/encoding").asText()).isEqualTo(sorted ? "dense" : "one-hot");
        }
    }

    @Test
    void shouldNotTreatNormalisedNumbersAsAnEvent() {
        Draft draft = new Draft("m.file");
        draft.input(DraftInput.numbers(28));
        draft.addLayer(new DraftLayer(json("{'cell':'batch_norm'}"), Map.of(), 28));
        draft.addHead(head("fc", "softmax", 28));

        assertThat(Inference.complete(draft, json("{}"))
                        .spec()
                        .at("/input/encoding")
                        .asText())
                .isEqualTo("dense");
    }

    @Test
    void shouldGiveEachSettingItsOrigin() {
        Draft draft = draft(DraftInput.numbers(28));
        draft.assume(0, "activation", "tanh", Origin.defaultOf("PyTorch"));
        draft.assume(0, "cellClip", "none", Origin.defaultOf("PyTorch"));
        draft.addHead(head("fc", null, 28));
        draft.window(4, false, Origin.file("because the model reads 4 steps"));

        CompleteDraft complete =
                Inference.complete(draft, json("{'layers':[{'cellClip':3}],'scoring':{'rule':'rank-above','rank':9}}"));

        assertThat(complete.settings())
                .extracting(setting -> setting.name() + " " + setting.origin().kind())
                .containsExactly(
                        "input.encoding SPEC",
                        "layers[0].activation DEFAULT",
                        "layers[0].cellClip SPEC",
                        "heads[0].activation INFERRED",
                        "execution FILE");
        assertThat(complete.notes())
                .contains("layers[0].activation: tanh, the default of PyTorch; the file does not state it")
                .noneMatch(note -> note.contains("cellClip"));
    }

    @Test
    void shouldAskForAnUnknownSettingWithASpecThatStatesIt() {
        Draft draft = draft(DraftInput.numbers(28));
        draft.require(0, "activation", "lstm", new TextNode("tanh"));
        draft.require(0, "recurrentActivation", "lstm", new TextNode("sigmoid"));
        String blank = "{'layers':[{'cell':'lstm','activation':'?','recurrentActivation':'?'}]}";

        assertThatThrownBy(() -> Inference.complete(draft, json("{}")))
                .isInstanceOf(Unsupported.class)
                .hasMessage("m.file: the file does not state layers[0].activation (of lstm) and"
                        + " layers[0].recurrentActivation (of lstm); give --spec '"
                        + blank.replace('\'', '"')
                        + "' with your model's value for each \"?\", such as \"tanh\" or \"sigmoid\"");
        String answer = blank.replaceFirst("\\?", "relu").replaceFirst("\\?", "sigmoid");
        assertThat(Inference.complete(draft, json(answer)).layers()).hasSize(1);
    }
}
