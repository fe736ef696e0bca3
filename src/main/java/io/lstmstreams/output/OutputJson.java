package io.lstmstreams.output;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.io.SerializedString;
import io.lstmstreams.input.Vocabulary;
import io.lstmstreams.output.Details.LayerState;
import io.lstmstreams.recurrent.RunningVerdict;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/**
 * Writes result and verdict records as JSON, each on one line without a line end. Numbers have up to 9 significant
 * digits, from which every float32 can be read back exactly. JSON has neither NaN nor infinities: such a number becomes
 * null, and the record has {@code "notFinite": true}. Safe for any number of threads.
 */
@API(status = API.Status.STABLE)
public final class OutputJson {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER) // the shortest digits that read back as the same number
            .build();

    // A result is written for every event: the names of its fields and events are encoded only once.
    private static final SerializableString SEQUENCE = new SerializedString("sequence");
    private static final SerializableString STEP = new SerializedString("step");
    private static final SerializableString TIME = new SerializedString("time");
    private static final SerializableString EVENT = new SerializedString("event");
    private static final SerializableString SCORE = new SerializedString("score");
    private static final SerializableString PROBABILITY = new SerializedString("probability");
    private static final SerializableString LOG_PROBABILITY = new SerializedString("logProbability");
    private static final SerializableString RANK = new SerializedString("rank");
    private static final SerializableString ANOMALOUS = new SerializedString("anomalous");
    private static final SerializableString NEXT = new SerializedString("next");
    private static final SerializableString MODEL = new SerializedString("model");
    private static final SerializableString NOT_FINITE = new SerializedString("notFinite");

    private final Vocabulary vocabulary;
    private final @Nullable SerializableString[]
            symbols; // by index, null before the first use; empty if events have no names

    /** Creates a writer that writes events by name, or by index if the vocabulary has no names. */
    public OutputJson(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
        this.symbols = new SerializableString[vocabulary.symbols().size()];
    }

    /** Returns the record's value, in UTF-8. */
    public byte[] write(SequenceOutput output) {
        return object(json -> {
            if (output instanceof Prediction prediction) {
                write(json, prediction);
            } else {
                write(json, (Verdict) output);
            }
        });
    }

    /**
     * Returns the current state of a sequence as JSON in UTF-8: the fields of a result, then {@code verdict} with the
     * fields of a verdict so far and, if a part is not available, {@code missing} with the reason.
     *
     * @param last the last step, as far as it is available
     * @param verdict the verdict so far
     * @param missing the reason why a part is not available; null if no part is missing
     */
    @API(status = API.Status.INTERNAL)
    public byte[] write(Prediction last, RunningVerdict verdict, @Nullable String missing) {
        return object(json -> {
            write(json, last);
            json.writeObjectFieldStart("verdict");
            scores(
                    json,
                    verdict.sumLogProbability(),
                    verdict.minLogProbability(),
                    verdict.minAtStep(),
                    verdict.maxRank(),
                    verdict.maxRankAtStep());
            if (verdict.hasScores()) {
                json.writeBooleanField("anomalous", verdict.anomalous());
            }
            flag(json, verdict.isFinite());
            json.writeEndObject();
            if (missing != null) {
                json.writeStringField("missing", missing);
            }
        });
    }

    private interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    private static byte[] object(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(320);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    private void write(JsonGenerator json, Prediction prediction) throws IOException {
        json.writeFieldName(SEQUENCE);
        json.writeString(prediction.sequence());
        json.writeFieldName(STEP);
        json.writeNumber(prediction.step());
        if (prediction.time() != Prediction.NO_TIME) {
            json.writeFieldName(TIME);
            json.writeNumber(prediction.time());
        }
        if (prediction.event() != null) {
            event(json, prediction.index());
        }
        if (prediction.score() != null) {
            write(json, prediction.score());
        }
        if (!prediction.next().isEmpty()) {
            json.writeFieldName(NEXT);
            json.writeStartArray();
            for (Prediction.Next next : prediction.next()) {
                json.writeStartObject();
                event(json, next.index());
                number(json, PROBABILITY, next.probability());
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        write(json, prediction.details());
        flag(json, prediction.isFinite());
        write(json, prediction.model());
    }

    private static void write(JsonGenerator json, @Nullable String model) throws IOException {
        if (model != null) {
            json.writeFieldName(MODEL);
            json.writeString(model);
        }
    }

    private static void flag(JsonGenerator json, boolean finite) throws IOException {
        if (!finite) {
            json.writeFieldName(NOT_FINITE);
            json.writeBoolean(true);
        }
    }

    private static void write(JsonGenerator json, Prediction.Score score) throws IOException {
        json.writeFieldName(SCORE);
        json.writeStartObject();
        number(json, PROBABILITY, score.probability());
        number(json, LOG_PROBABILITY, score.logProbability());
        json.writeFieldName(RANK);
        json.writeNumber(score.rank());
        json.writeFieldName(ANOMALOUS);
        json.writeBoolean(score.anomalous());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Verdict verdict) throws IOException {
        json.writeStringField("sequence", verdict.sequence());
        json.writeNumberField("steps", verdict.steps());
        json.writeStringField("ended", verdict.ended().recordName());
        scores(
                json,
                verdict.sumLogProbability(),
                verdict.minLogProbability(),
                verdict.minAtStep(),
                verdict.maxRank(),
                verdict.maxRankAtStep());
        if (!Double.isNaN(verdict.endLogProbability())) {
            number(json, "endLogProbability", verdict.endLogProbability());
        }
        if (verdict.hasScores()) {
            json.writeBooleanField("anomalous", verdict.anomalous());
        }
        flag(json, verdict.isFinite());
        write(json, verdict.model());
    }

    /** Writes the aggregate of the scores; nothing before the first score. */
    private static void scores(
            JsonGenerator json,
            double sumLogProbability,
            double minLogProbability,
            long minAtStep,
            int maxRank,
            long maxRankAtStep)
            throws IOException {
        if (minAtStep > 0) {
            number(json, "sumLogProbability", sumLogProbability);
            number(json, "minLogProbability", minLogProbability);
            json.writeNumberField("minAtStep", minAtStep);
            json.writeNumberField("maxRank", maxRank);
            json.writeNumberField("maxRankAtStep", maxRankAtStep);
        }
    }

    private static void write(JsonGenerator json, Details details) throws IOException {
        if (details.probabilities() != null) {
            numbers(json, "probabilities", details.probabilities());
        }
        if (details.logits() != null) {
            numbers(json, "logits", details.logits());
        }
        if (details.output() != null) {
            json.writeObjectFieldStart("output");
            for (Map.Entry<String, double[]> head : details.output().entrySet()) {
                numbers(json, head.getKey(), head.getValue());
            }
            json.writeEndObject();
        }
        if (details.state() != null) {
            json.writeArrayFieldStart("state");
            for (LayerState layer : details.state()) {
                json.writeStartObject();
                numbers(json, "h", layer.h());
                if (layer.c().length > 0) {
                    numbers(json, "c", layer.c());
                }
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        if (details.gates() != null) {
            json.writeArrayFieldStart("gates");
            for (Map<String, float[]> layer : details.gates()) {
                json.writeStartObject();
                for (Map.Entry<String, float[]> gate : layer.entrySet()) {
                    numbers(json, gate.getKey(), gate.getValue());
                }
                json.writeEndObject();
            }
            json.writeEndArray();
        }
    }

    private void event(JsonGenerator json, int index) throws IOException {
        json.writeFieldName(EVENT);
        if (symbols.length > 0) {
            json.writeString(symbol(index));
        } else {
            json.writeNumber(index);
        }
    }

    /** Returns an encoded symbol. Two threads may encode it at the same time, with equal results. */
    private SerializableString symbol(int index) {
        SerializableString symbol = symbols[index];
        if (symbol == null) {
            symbol = new SerializedString(vocabulary.symbol(index));
            symbols[index] = symbol;
        }
        return symbol;
    }

    private static void number(JsonGenerator json, SerializableString field, double value) throws IOException {
        json.writeFieldName(field);
        number(json, value);
    }

    private static void number(JsonGenerator json, String field, double value) throws IOException {
        json.writeFieldName(field);
        number(json, value);
    }

    private static void number(JsonGenerator json, double value) throws IOException {
        if (Double.isFinite(value)) {
            json.writeNumber(SignificantDigits.nine(value));
        } else {
            json.writeNull();
        }
    }

    private static void numbers(JsonGenerator json, String field, double[] values) throws IOException {
        json.writeArrayFieldStart(field);
        for (double value : values) {
            number(json, value);
        }
        json.writeEndArray();
    }

    private static void numbers(JsonGenerator json, String field, float[] values) throws IOException {
        json.writeArrayFieldStart(field);
        for (float value : values) {
            if (Float.isFinite(value)) {
                json.writeNumber(value); // at most 9 digits, the shortest that read back as the same float
            } else {
                json.writeNull();
            }
        }
        json.writeEndArray();
    }
}
