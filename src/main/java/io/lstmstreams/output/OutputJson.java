package io.lstmstreams.output;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import io.lstmstreams.input.Vocabulary;
import io.lstmstreams.output.Details.Gates;
import io.lstmstreams.output.Details.LayerState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * Result and verdict records as JSON, one line each without a line end. Floats keep 9 significant digits, which is enough
 * to read back every float32 exactly. Safe for any number of threads.
 */
public final class OutputJson {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER) // the shortest digits that read back the same number
            .build();

    private final boolean named;

    /** Writes events by name, or by index where the vocabulary has no names. */
    public OutputJson(Vocabulary vocabulary) {
        this.named = vocabulary.hasSymbols();
    }

    /** The record's value, in UTF-8. */
    public byte[] write(SequenceOutput output) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(320);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            if (output instanceof Prediction prediction) {
                write(json, prediction);
            } else {
                write(json, (Verdict) output);
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    private void write(JsonGenerator json, Prediction prediction) throws IOException {
        json.writeStringField("sequence", prediction.sequence());
        json.writeNumberField("step", prediction.step());
        if (prediction.time() != Prediction.NO_TIME) {
            json.writeNumberField("time", prediction.time());
        }
        if (prediction.event() != null) {
            event(json, prediction.index(), prediction.event());
        }
        if (prediction.score() != null) {
            json.writeObjectFieldStart("score");
            number(json, "probability", prediction.score().probability());
            number(json, "logProbability", prediction.score().logProbability());
            json.writeNumberField("rank", prediction.score().rank());
            json.writeBooleanField("anomalous", prediction.score().anomalous());
            json.writeEndObject();
        }
        if (!prediction.next().isEmpty()) {
            json.writeArrayFieldStart("next");
            for (Prediction.Next next : prediction.next()) {
                json.writeStartObject();
                event(json, next.index(), next.event());
                number(json, "probability", next.probability());
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        if (prediction.details() != Details.NONE) {
            write(json, prediction.details());
        }
    }

    private static void write(JsonGenerator json, Verdict verdict) throws IOException {
        json.writeStringField("sequence", verdict.sequence());
        json.writeNumberField("steps", verdict.steps());
        json.writeStringField("ended", verdict.ended().recordName());
        number(json, "sumLogProbability", verdict.sumLogProbability());
        if (verdict.hasScores()) {
            number(json, "minLogProbability", verdict.minLogProbability());
            json.writeNumberField("minAtStep", verdict.minAtStep());
            json.writeNumberField("maxRank", verdict.maxRank());
            json.writeNumberField("maxRankAtStep", verdict.maxRankAtStep());
        }
        if (!Double.isNaN(verdict.endLogProbability())) {
            number(json, "endLogProbability", verdict.endLogProbability());
        }
        json.writeBooleanField("anomalous", verdict.anomalous());
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
                numbers(json, "c", layer.c());
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        if (details.gates() != null) {
            json.writeArrayFieldStart("gates");
            for (Gates layer : details.gates()) {
                json.writeStartObject();
                numbers(json, "f", layer.f());
                numbers(json, "i", layer.i());
                numbers(json, "g", layer.g());
                numbers(json, "o", layer.o());
                json.writeEndObject();
            }
            json.writeEndArray();
        }
    }

    private void event(JsonGenerator json, int index, String name) throws IOException {
        if (named) {
            json.writeStringField("event", name);
        } else {
            json.writeNumberField("event", index);
        }
    }

    private static void number(JsonGenerator json, String field, double value) throws IOException {
        json.writeNumberField(field, SignificantDigits.nine(value));
    }

    private static void numbers(JsonGenerator json, String field, double[] values) throws IOException {
        json.writeArrayFieldStart(field);
        for (double value : values) {
            json.writeNumber(SignificantDigits.nine(value));
        }
        json.writeEndArray();
    }

    private static void numbers(JsonGenerator json, String field, float[] values) throws IOException {
        json.writeArrayFieldStart(field);
        for (float value : values) {
            json.writeNumber(value); // the shortest digits of a float are 9 at most
        }
        json.writeEndArray();
    }
}
