package io.lstmstreams.output;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lstmstreams.input.Vocabulary;
import io.lstmstreams.output.Details.LayerState;
import io.lstmstreams.output.Prediction.Next;
import io.lstmstreams.output.Prediction.Score;
import io.lstmstreams.output.Verdict.Ended;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Pins the bytes of the records that users read. */
class OutputJsonTest {
    private final OutputJson named = new OutputJson(Vocabulary.of(2, List.of("E9", "E11"), null, null));
    private final OutputJson indexed = new OutputJson(Vocabulary.ofSize(2));

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void shouldWriteAResult() {
        Prediction prediction = new Prediction(
                "blk_-160",
                7,
                1700000000000L,
                1,
                "E11",
                new Score(0.03120000001, -3.4673600004, 4, false),
                List.of(new Next(0, "E9", 0.93), new Next(1, "E11", 0.05)),
                Details.NONE,
                null);

        assertThat(text(named.write(prediction)))
                .isEqualTo(
                        "{\"sequence\":\"blk_-160\",\"step\":7,\"time\":1700000000000,\"event\":\"E11\","
                                + "\"score\":{\"probability\":0.0312,\"logProbability\":-3.46736,\"rank\":4,\"anomalous\":false},"
                                + "\"next\":[{\"event\":\"E9\",\"probability\":0.93},{\"event\":\"E11\",\"probability\":0.05}]}");
    }

    @Test
    void shouldOmitMissingPartsOfAResult() {
        Prediction prediction =
                new Prediction("s", 1, Prediction.NO_TIME, -1, null, null, List.of(), Details.NONE, null);

        assertThat(text(named.write(prediction))).isEqualTo("{\"sequence\":\"s\",\"step\":1}");
    }

    @Test
    void shouldWriteEventsByIndexIfTheyHaveNoNames() {
        Prediction prediction =
                new Prediction("s", 1, 0, 1, "1", null, List.of(new Next(0, "0", 1)), Details.NONE, null);

        assertThat(text(indexed.write(prediction)))
                .isEqualTo("{\"sequence\":\"s\",\"step\":1,\"time\":0,\"event\":1,"
                        + "\"next\":[{\"event\":0,\"probability\":1.0}]}");
    }

    @Test
    void shouldWriteAllThatCanBeIncluded() {
        Map<String, double[]> output = new LinkedHashMap<>();
        output.put("next", new double[] {0.25, 0.75});
        output.put("risk", new double[] {-1.5});
        Map<String, float[]> gates = new LinkedHashMap<>();
        gates.put("f", new float[] {1});
        gates.put("i", new float[] {2});
        gates.put("g", new float[] {3});
        gates.put("o", new float[] {4});
        Details details = new Details(
                new double[] {0.1234567891, 0.8765432109},
                new float[] {0.1f, -3e-9f},
                output,
                List.of(new LayerState(new float[] {0.5f}, new float[] {-0f})),
                List.of(gates));

        assertThat(text(named.write(new Prediction("s", 1, 5, 0, "E9", null, List.of(), details, null))))
                .isEqualTo("{\"sequence\":\"s\",\"step\":1,\"time\":5,\"event\":\"E9\","
                        + "\"probabilities\":[0.123456789,0.876543211],\"logits\":[0.1,-3.0E-9],"
                        + "\"output\":{\"next\":[0.25,0.75],\"risk\":[-1.5]},"
                        + "\"state\":[{\"h\":[0.5],\"c\":[-0.0]}],"
                        + "\"gates\":[{\"f\":[1.0],\"i\":[2.0],\"g\":[3.0],\"o\":[4.0]}]}");
    }

    @Test
    void shouldWriteAVerdict() {
        Verdict verdict =
                new Verdict("blk_-160", 19, Ended.END_RECORD, -9.712850001, -5.00061, 7, 3, 8, -0.00439, true, null);

        assertThat(text(named.write(verdict)))
                .isEqualTo("{\"sequence\":\"blk_-160\",\"steps\":19,\"ended\":\"end-record\","
                        + "\"sumLogProbability\":-9.71285,\"minLogProbability\":-5.00061,\"minAtStep\":7,"
                        + "\"maxRank\":3,\"maxRankAtStep\":8,\"endLogProbability\":-0.00439,\"anomalous\":true}");
    }

    @Test
    void shouldOmitUnscoredPartsOfAVerdict() {
        Verdict verdict = new Verdict("s", 1, Ended.MAX_STEPS, 0, 0, 0, 0, 0, Double.NaN, false, null);

        assertThat(text(named.write(verdict))).isEqualTo("{\"sequence\":\"s\",\"steps\":1,\"ended\":\"max-steps\"}");
    }

    @Test
    void shouldNameTheReasonsOfAnEnd() {
        assertThat(Ended.values()).extracting(Ended::recordName).containsExactly("end-record", "idle", "max-steps");
    }

    @Test
    void shouldStayValidJsonWithAnySequenceNameAndAnyNumber() throws IOException {
        // Given
        Prediction prediction = new Prediction(
                "\"\\\n\u0000\u20ac\ud83d\ude00",
                1,
                5,
                0,
                "E9",
                new Score(Double.NaN, Double.NEGATIVE_INFINITY, 1, true),
                List.of(),
                Details.NONE,
                null);

        // When
        JsonNode json = new ObjectMapper().readTree(named.write(prediction));

        // Then
        assertThat(json.get("sequence").textValue()).isEqualTo(prediction.sequence());
        assertThat(json.get("score").get("probability").isNull()).isTrue();
        assertThat(json.get("score").get("logProbability").isNull()).isTrue();
        assertThat(json.get("notFinite").booleanValue()).isTrue();
    }

    @Test
    void shouldWriteNumbersThatAreNotFiniteAsNullWithAFlag() {
        Details details = new Details(
                new double[] {Double.NaN, 0.5},
                new float[] {1, Float.NEGATIVE_INFINITY},
                Map.of("next", new double[] {Double.POSITIVE_INFINITY}),
                List.of(new LayerState(new float[] {Float.NaN}, new float[] {2})),
                List.of(Map.of("f", new float[] {Float.NaN})));

        assertThat(text(named.write(new Prediction("s", 1, 5, 0, "E9", null, List.of(), details, null))))
                .isEqualTo("{\"sequence\":\"s\",\"step\":1,\"time\":5,\"event\":\"E9\","
                        + "\"probabilities\":[null,0.5],\"logits\":[1.0,null],\"output\":{\"next\":[null]},"
                        + "\"state\":[{\"h\":[null],\"c\":[2.0]}],\"gates\":[{\"f\":[null]}],\"notFinite\":true}");
    }

    @Test
    void shouldWriteAVerdictOfBrokenNumbers() {
        Verdict verdict =
                new Verdict("s", 9, Ended.IDLE, Double.NaN, Double.NaN, 7, 3, 8, Double.NaN, true, "0123456789abcdef");

        assertThat(text(named.write(verdict)))
                .isEqualTo("{\"sequence\":\"s\",\"steps\":9,\"ended\":\"idle\",\"sumLogProbability\":null,"
                        + "\"minLogProbability\":null,\"minAtStep\":7,\"maxRank\":3,\"maxRankAtStep\":8,"
                        + "\"anomalous\":true,\"notFinite\":true,\"model\":\"0123456789abcdef\"}");
    }

    @Test
    void shouldWriteFloatsThatReadBackExactlyInNineDigitsAtMost() throws IOException {
        // Given
        SplittableRandom random = new SplittableRandom(4);
        float[] values = new float[10_000];
        for (int i = 0; i < values.length; i++) {
            float value = Float.intBitsToFloat(random.nextInt());
            values[i] = Float.isFinite(value) ? value : i;
        }
        Details details = new Details(null, values, null, null, null);

        // When
        byte[] bytes = named.write(new Prediction("s", 1, 5, 0, "E9", null, List.of(), details, null));

        // Then
        JsonNode logits = new ObjectMapper().readTree(bytes).get("logits");
        for (int i = 0; i < values.length; i++) {
            assertThat(Float.parseFloat(logits.get(i).asText())).isEqualTo(values[i]);
        }
        String numbers = text(bytes);
        numbers = numbers.substring(numbers.indexOf('[') + 1, numbers.indexOf(']'))
                .replaceAll("E-?\\d+|[-.]", "");
        assertThat(numbers.split(","))
                .allMatch(digits -> digits.replaceAll("^0+|0+$", "").length() <= 9);
    }

    @Test
    void shouldWriteTheFirstHeadAsBareFloatsInBigEndian() {
        // Given
        Map<String, double[]> output = new LinkedHashMap<>();
        output.put("z", new double[] {1, -2.5});
        output.put("a", new double[] {9});
        Details details = new Details(null, null, output, null, null);

        // When
        byte[] bytes = PredictionFloats.write(new Prediction("s", 1, 5, 0, "E9", null, List.of(), details, null));

        // Then
        assertThat(HexFormat.of().formatHex(bytes)).isEqualTo("3f800000c0200000");
    }
}
