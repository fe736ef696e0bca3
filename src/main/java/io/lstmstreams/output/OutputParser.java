package io.lstmstreams.output;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lstmstreams.input.Vocabulary;
import io.lstmstreams.output.Details.LayerState;
import io.lstmstreams.output.Prediction.Next;
import io.lstmstreams.output.Prediction.Score;
import io.lstmstreams.output.Verdict.Ended;
import io.lstmstreams.recurrent.SparseInput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records that {@link OutputJson} writes. Float32 numbers are read back exactly, others with 9 significant
 * digits, and a number that is null as NaN. Safe for any number of threads.
 */
@API(status = API.Status.STABLE)
public final class OutputParser {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Vocabulary vocabulary;

    /** Creates a parser of the outputs of a model with this vocabulary. */
    public OutputParser(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    /**
     * Reads a record's value: a verdict if it has {@code ended}, else a result.
     *
     * @throws IllegalArgumentException if the value is neither a result nor a verdict
     */
    public SequenceOutput read(byte[] value) {
        JsonNode record;
        try {
            record = JSON.readTree(value);
        } catch (IOException e) {
            throw new IllegalArgumentException("the record is not JSON"); // the cause would quote the record
        }
        if (!record.path("sequence").isTextual()) {
            throw new IllegalArgumentException("the record is neither a result nor a verdict");
        }
        return record.has("ended") ? verdict(record) : prediction(record);
    }

    private Prediction prediction(JsonNode record) {
        JsonNode event = record.path("event");
        JsonNode score = record.path("score");
        List<Next> next = new ArrayList<>();
        for (JsonNode candidate : record.path("next")) {
            next.add(new Next(
                    index(candidate.path("event")),
                    candidate.path("event").asText(),
                    number(candidate.path("probability"))));
        }
        return new Prediction(
                record.path("sequence").asText(),
                record.path("step").asLong(),
                record.path("time").asLong(Prediction.NO_TIME),
                event.isMissingNode() ? SparseInput.NO_EVENT : index(event),
                event.isMissingNode() ? null : event.asText(),
                score.isMissingNode()
                        ? null
                        : new Score(
                                number(score.path("probability")),
                                number(score.path("logProbability")),
                                score.path("rank").asInt(),
                                score.path("anomalous").asBoolean()),
                next,
                details(record),
                model(record));
    }

    private int index(JsonNode event) {
        return event.isTextual() ? vocabulary.indexOf(event.textValue()) : event.asInt(SparseInput.NO_EVENT);
    }

    private static Details details(JsonNode record) {
        return new Details(
                optional(record, "probabilities", OutputParser::numbers),
                optional(record, "logits", OutputParser::floats),
                optional(record, "output", output -> byName(output, OutputParser::numbers)),
                optional(
                        record,
                        "state",
                        layers -> each(
                                layers, layer -> new LayerState(floats(layer.path("h")), floats(layer.path("c"))))),
                optional(record, "gates", layers -> each(layers, layer -> byName(layer, OutputParser::floats))));
    }

    private static <T> @Nullable T optional(JsonNode record, String field, Function<JsonNode, T> read) {
        return record.has(field) ? read.apply(record.path(field)) : null;
    }

    private static <T> Map<String, T> byName(JsonNode object, Function<JsonNode, T> read) {
        Map<String, T> map = new LinkedHashMap<>();
        object.properties().forEach(field -> map.put(field.getKey(), read.apply(field.getValue())));
        return map;
    }

    private static <T> List<T> each(JsonNode array, Function<JsonNode, T> read) {
        List<T> list = new ArrayList<>();
        array.forEach(element -> list.add(read.apply(element)));
        return list;
    }

    private static Verdict verdict(JsonNode record) {
        return new Verdict(
                record.path("sequence").asText(),
                record.path("steps").asLong(),
                Ended.valueOf(
                        record.path("ended").asText().toUpperCase(Locale.ROOT).replace('-', '_')),
                record.has("sumLogProbability") ? number(record.path("sumLogProbability")) : 0,
                record.has("minLogProbability") ? number(record.path("minLogProbability")) : 0,
                record.path("minAtStep").asLong(),
                record.path("maxRank").asInt(),
                record.path("maxRankAtStep").asLong(),
                record.has("endLogProbability") ? number(record.path("endLogProbability")) : Double.NaN,
                record.path("anomalous").asBoolean(),
                model(record));
    }

    private static @Nullable String model(JsonNode record) {
        return record.path("model").textValue();
    }

    private static double number(JsonNode number) {
        return number.isNull() ? Double.NaN : number.asDouble();
    }

    private static double[] numbers(JsonNode array) {
        double[] numbers = new double[array.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = number(array.get(i));
        }
        return numbers;
    }

    private static float[] floats(JsonNode array) {
        float[] numbers = new float[array.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = array.get(i).isNull() ? Float.NaN : array.get(i).floatValue();
        }
        return numbers;
    }
}
