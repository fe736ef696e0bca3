package io.lstmstreams.importer.draft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The table of settings that an import prints, and the refusal of settings that nobody states. */
class SettingsTableTest {
    private static final ObjectNode MODEL =
            json("{'name':'m','input':{'encoding':'dense','size':3,'vocabulary':['a','b']},"
                    + "'layers':[{'cell':'lstm','units':2},{'cell':'gru','units':4,'from':[0]}],"
                    + "'heads':[{'name':'y','activation':{'name':'elu','alpha':0.5}}],"
                    + "'execution':{'mode':'window','length':4}}");
    private static final List<Setting> FOUND = List.of(
            new Setting("input.encoding", "dense", Origin.inferred("because nothing states it")),
            new Setting("layers[1].cellClip", "none", Origin.defaultOf("TensorFlow")),
            new Setting("layers[1].forgetBias", "1.0", Origin.defaultOf("TensorFlow")),
            new Setting("execution", "window of 4", Origin.file("because the model reads 4 steps")));

    private static ObjectNode json(String text) {
        return ModelFile.parseSpec(text.replace('\'', '"'), "the spec of this test");
    }

    private static SettingsTable table(String userSpec) {
        return new SettingsTable(MODEL, json(userSpec), json("{'layers':[{'activation':'tanh'}]}"), FOUND);
    }

    @Test
    void shouldPrintEverySettingWithItsOrigin() {
        List<String> lines = table("{'name':'m','input':{'vocabulary':['a','b']}}")
                .lines(Map.of("input.vocabulary", "--vocabulary", "input.size", "--never"));

        assertThat(lines)
                .map(line -> line.replaceAll("  +", " | "))
                .containsExactly(
                        "setting | value | origin",
                        "name | m | --spec",
                        "input.encoding | dense | inferred: nothing states it",
                        "input.size | 3 | file",
                        "input.vocabulary | 2 symbols | --vocabulary",
                        "layers[0].cell | lstm | file",
                        "layers[0].units | 2 | file",
                        "layers[0].activation | tanh | file",
                        "layers[1].cell | gru | file",
                        "layers[1].units | 4 | file",
                        "layers[1].from | [0] | file",
                        "layers[1].cellClip | none | default of TensorFlow; the file does not state it",
                        "layers[1].forgetBias | 1.0 | default of TensorFlow; the file does not state it",
                        "heads[0].name | y | file",
                        "heads[0].activation | elu, alpha 0.5 | file",
                        "execution | window, length 4 | file: the model reads 4 steps");
    }

    @Test
    void shouldAskForTheSettingsThatNobodyStatesWithASpecThatConfirmsThem() {
        String confirmed = "{'input':{'encoding':'dense'},'layers':[{},{'cellClip':null,'forgetBias':1.0}]}";

        assertThatThrownBy(() -> table("{}").requireStated("m.npz"))
                .isInstanceOf(Unsupported.class)
                .hasMessage("m.npz: does not state 3 settings; if they are right, give --spec '"
                        + confirmed.replace('\'', '"') + "'");
        assertThatCode(() -> table(confirmed).requireStated("m.npz")).doesNotThrowAnyException();
    }
}
