package io.lstmstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lstmstreams.input.Model;
import io.lstmstreams.input.Vocabulary;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.modelfile.VariedModels;
import io.lstmstreams.recurrent.Execution;
import io.lstmstreams.recurrent.Network;
import io.lstmstreams.topology.TinyModels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** {@code describe} of models other than LSTMs on one-hot events. */
@ResourceLock(Resources.SYSTEM_OUT)
@ResourceLock(Resources.SYSTEM_ERR)
class DescribeTest {
    private final VariedModels models = new VariedModels();

    @TempDir
    private Path folder;

    private String describe(Model model, String... options) {
        Path file = folder.resolve("model.safetensors");
        ModelFile.save(model, file);
        String[] arguments = Arrays.copyOf(options, options.length + 2);
        System.arraycopy(options, 0, arguments, 2, options.length);
        arguments[0] = "describe";
        arguments[1] = file.toString();

        Console console = Console.run(arguments);

        assertThat(console.err()).isEmpty();
        assertThat(console.code()).isZero();
        return console.out();
    }

    private JsonNode json(Model model) throws IOException {
        return new ObjectMapper().readTree(describe(model, "--json"));
    }

    @Test
    void shouldShowTheInputIndexesOfEachField() {
        assertThat(describe(models.fields(Execution.CARRY)).lines())
                .containsSequence(
                        "input        19 inputs, from these fields of the event:",
                        "vocabulary   4 symbols: buy sell other <end>, end of a sequence: <end>, unknown: other")
                .containsSequence(
                        "  x[0] /amount, a number: value * 0.01 + -0.5",
                        "  x[1..3] /kind, one-hot of 3",
                        "  x[4..6] /shop/country, one-hot of 3",
                        "  x[7..13] /weekday, one-hot of 7",
                        "  x[14..15] /a~1b, 2 numbers",
                        "  x[16] the time since the sequence's last event: seconds * 0.1 + 0.2",
                        "  x[17] the time since the sequence's last event: hours * 1 + 0",
                        "  x[18] the time since the sequence's last event: log-seconds * -0.5 + 0");
    }

    @Test
    void shouldShowTheFieldOfTheOnlyInputIndex() {
        assertThat(describe(models.oneField()).lines()).contains("  x[0] /load/average, a number: value * 2 + 1");
    }

    @Test
    void shouldShowTheScaleOfAnIndex() {
        assertThat(describe(models.index()))
                .contains("the event's index as one number, index * 0.25 + -0.1")
                .doesNotContain("x[0]");
    }

    @Test
    void shouldListTheGatesOfAGruWithTheirSizes() {
        assertThat(describe(models.grusAndRnn()).lines())
                .containsSequence(
                        "layer 0      gru, 4 -> 3 units",
                        "  x            4   the event, one-hot",
                        "  h            3   hidden state, from the step before",
                        "  [x; h]       7   x and h, one under the other: what every gate reads, its sums within"
                                + " -0.9 to 0.9",
                        "  r            3   W 3 x 7       b 3     reset gate      hard_sigmoid[alpha 0.3, beta 0.4](W_r [x; h] + b_r)",
                        "  z            3   W 3 x 7       b 3     update gate     hard_sigmoid[alpha 0.3, beta 0.4](W_z [x; h] + b_z)",
                        "  n            3   W 3 x 7       b 3     candidate       softsign(W_n x + b_n + r * (U_n h"
                                + " + b_hn))",
                        "  h            3   new hidden state   (1 - z) * n + z * h, element by element")
                .contains("  n            5   W 5 x 8       b 5     candidate       tanh(W_n x + b_n + U_n (r * h))");
    }

    @Test
    void shouldListTheGatesOfAnLstmWithPeepholesAndAProjection() {
        assertThat(describe(models.lstms()).lines())
                .containsSequence(
                        "layer 0      lstm, 4 -> 4 units",
                        "  x            4   the event, one-hot",
                        "  h            3   hidden state, from the step before",
                        "  c            4   cell state, from the step before",
                        "  [x; h]       7   x and h, one under the other: what every gate reads",
                        "  f            4   W 4 x 7       b 4     forget gate     hard_sigmoid[alpha 0.3, beta 0.4](W_f [x; h] + b_f + p * c)",
                        "  i            4   W 4 x 7       b 4     input gate      hard_sigmoid[alpha 0.3, beta 0.4](W_i [x; h] + b_i + p * c)",
                        "  g            4   W 4 x 7       b 4     candidate       elu[alpha 0.7](W_g [x; h] + b_g)",
                        "  o            4   W 4 x 7       b 4     output gate     hard_sigmoid[alpha 0.3, beta 0.4](W_o [x; h] + b_o + p * c)",
                        "  c            4   new cell state     f * c + i * g, element by element, within -0.6 to 0.6",
                        "  h            3   new hidden state   P (o * softsign(c)), P 3 x 4, within -0.35 to 0.35");
    }

    @Test
    void shouldShowThatAForgetGateFollowsTheInputGate() throws IOException {
        assertThat(describe(models.lstms()).lines())
                .containsSequence(
                        "  [x; h]       5   x and h, one under the other: what every gate reads, its sums within"
                                + " -1.1 to 1.1",
                        "  f            2   forget gate     1 - i",
                        "  i            2   W 2 x 5       b 2     input gate      affine[alpha 0.2, beta 0.5](W_i [x; h]"
                                + " + b_i)");
        assertThat(json(models.lstms()).at("/sizes/layers/1/gates/f")).hasToString("{\"out\":2}");
    }

    @Test
    void shouldShowTheElementsOfASliceAndTheFunctionOfAnActivation() {
        assertThat(describe(models.graph()).lines())
                .contains("  y            4   x[2..5]", "  y            4   thresholded_relu[alpha 0.1](x)");
    }

    @Test
    void shouldShowTheClipOfALayerWithoutGates() {
        assertThat(describe(models.grusAndRnn()).lines())
                .contains(
                        "  [x; h]       8   x and h, one under the other, its sums within -1.3 to 1.3",
                        "  h            3   W 3 x 8       b 3     leaky_relu[alpha 0.1](W [x; h] + b)");
    }

    @Test
    void shouldWriteTheSizesOfAGruAsJson() throws IOException {
        JsonNode layer = json(models.grusAndRnn()).at("/sizes/layers/1");

        assertThat(layer)
                .hasToString("{\"x\":3,\"h\":5,\"xh\":8,\"gates\":{\"r\":{\"W\":[5,8],\"b\":5,\"out\":5},"
                        + "\"z\":{\"W\":[5,8],\"b\":5,\"out\":5},\"n\":{\"W\":[5,8],\"b\":5,\"out\":5}}}");
    }

    @Test
    void shouldWriteTheSizesOfAnLstmWithPeepholesAndAProjectionAsJson() throws IOException {
        JsonNode root = json(models.lstms());

        assertThat(root.at("/sizes/layers/0"))
                .hasToString(
                        "{\"x\":4,\"h\":3,\"c\":4,\"xh\":7,\"P\":[3,4],\"gates\":{\"f\":{\"W\":[4,7],\"b\":4,\"out\":4},"
                                + "\"i\":{\"W\":[4,7],\"b\":4,\"out\":4},\"g\":{\"W\":[4,7],\"b\":4,\"out\":4},"
                                + "\"o\":{\"W\":[4,7],\"b\":4,\"out\":4}}}");
        assertThat(root.at("/layers/0"))
                .hasToString("{\"cell\":\"lstm\",\"units\":4,\"activation\":{\"name\":\"elu\",\"alpha\":0.7},"
                        + "\"outputActivation\":\"softsign\","
                        + "\"recurrentActivation\":{\"name\":\"hard_sigmoid\",\"alpha\":0.3,\"beta\":0.4},"
                        + "\"peepholes\":true,\"cellClip\":0.6,\"projection\":3,\"projectionClip\":0.35}");
        // 70 and 4 around (h, c): 3 + 4, 2 + 2 and 5 + 5 numbers
        assertThat(root.get("stateBytesPerSequence").intValue()).isEqualTo(91 + 4 * 21 + 4);
    }

    @Test
    void shouldWriteTheFieldsAsJson() throws IOException {
        JsonNode fields = json(models.fields(Execution.CARRY)).at("/input/fields");

        assertThat(fields).hasSize(8);
        assertThat(fields.get(2))
                .hasToString("{\"field\":\"/shop/country\",\"encoding\":\"one-hot\",\"size\":3,"
                        + "\"vocabulary\":[\"at\",\"ch\",\"?\"],\"unknown\":\"?\"}");
        assertThat(fields.get(7))
                .hasToString("{\"encoding\":\"log-seconds-since-last\",\"scale\":-0.5,\"offset\":0.0}");
    }

    @Test
    void shouldPrintNoControlCharactersOfAFile() {
        // Given
        Model events = TinyModels.events();
        Network network = events.network();
        Network named = new Network(
                "\u001b[2Jhdfs\nfingerprint  0\u202e",
                network.input(),
                network.layers(),
                network.wiring(),
                network.heads(),
                network.execution(),
                network.scoring());
        Model hostile = new Model(named, Vocabulary.of(6, List.of("a\u009b1m", "b", "c", "d", "e"), "<end>", null));

        // When
        String text = describe(hostile);

        // Then
        assertThat(text.lines())
                .allMatch(line -> line.equals(Terminal.plain(line)))
                .anyMatch(line -> line.endsWith("?[2Jhdfs?fingerprint  0?"))
                .anyMatch(line -> line.contains("a?1m b c d e"));
    }
}
