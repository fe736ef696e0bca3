package io.lstmstreams.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.lstmstreams.output.Details.LayerState;
import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.Prediction.Next;
import io.lstmstreams.trace.SequenceHistory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The history of a sequence as JSON for the dashboard: its steps, and for each recurrent layer a table [step][unit]
 * of each gate, of c and of h. Numbers are rounded to three decimals. Of a large layer, only the first {@value #UNITS}
 * units are written.
 */
final class HistoryJson {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int NEXT = 3;
    private static final int UNITS = 128;
    private static final double THOUSAND = 1000;

    private HistoryJson() {}

    static byte[] write(SequenceHistory history) throws IOException {
        SequenceHistory.Recomputed recomputed = history.recompute(NEXT);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 16);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("sequence", history.sequence());
            json.writeNumberField("first", history.first());
            next(json, "expected", recomputed.expected());
            if (history.verdict() != null) {
                json.writeObjectFieldStart("verdict");
                json.writeStringField("ended", history.verdict().ended().recordName());
                json.writeNumberField("steps", history.verdict().steps());
                json.writeBooleanField("anomalous", history.verdict().anomalous());
                number(json, "probability", Math.exp(history.verdict().endLogProbability()));
                json.writeEndObject();
            }
            json.writeArrayFieldStart("steps");
            for (Prediction step : recomputed.steps()) {
                step(json, step);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("layers");
            if (!recomputed.steps().isEmpty()) {
                int layers = state(recomputed.steps().get(0)).size();
                for (int layer = 0; layer < layers; layer++) {
                    layer(json, recomputed.steps(), layer);
                }
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private static void step(JsonGenerator json, Prediction step) throws IOException {
        json.writeStartObject();
        json.writeNumberField("step", step.step());
        if (step.time() != Prediction.NO_TIME) {
            json.writeNumberField("time", step.time());
        }
        json.writeStringField("event", step.event());
        if (step.score() != null) {
            number(json, "probability", step.score().probability());
            json.writeNumberField("rank", step.score().rank());
            json.writeBooleanField("anomalous", step.anomalous());
        }
        next(json, "next", step.next());
        json.writeEndObject();
    }

    private static void next(JsonGenerator json, String field, List<Next> expected) throws IOException {
        json.writeArrayFieldStart(field);
        for (Next next : expected) {
            json.writeStartObject();
            json.writeStringField("event", next.event());
            number(json, "probability", next.probability());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void layer(JsonGenerator json, List<Prediction> steps, int layer) throws IOException {
        LayerState state = state(steps.get(0)).get(layer);
        Set<String> gates = new LinkedHashSet<>();
        steps.forEach(step -> gates.addAll(gates(step).get(layer).keySet()));
        json.writeStartObject();
        json.writeNumberField("units", Math.max(state.h().length, state.c().length));
        json.writeObjectFieldStart("tables");
        for (String gate : gates) {
            json.writeArrayFieldStart(gate);
            for (Prediction step : steps) {
                row(json, gates(step).get(layer).get(gate));
            }
            json.writeEndArray();
        }
        if (state.c().length > 0) {
            json.writeArrayFieldStart("c");
            for (Prediction step : steps) {
                row(json, state(step).get(layer).c());
            }
            json.writeEndArray();
        }
        json.writeArrayFieldStart("h");
        for (Prediction step : steps) {
            row(json, state(step).get(layer).h());
        }
        json.writeEndArray();
        json.writeEndObject();
        json.writeEndObject();
    }

    // A recomputed step has both.
    private static List<LayerState> state(Prediction step) {
        return Objects.requireNonNull(step.details().state());
    }

    private static List<Map<String, float[]>> gates(Prediction step) {
        return Objects.requireNonNull(step.details().gates());
    }

    /** @param values the vector of one step; null if the layer did not compute the step */
    private static void row(JsonGenerator json, float @Nullable [] values) throws IOException {
        if (values == null) {
            json.writeNull();
            return;
        }
        json.writeStartArray();
        for (int i = 0; i < Math.min(UNITS, values.length); i++) {
            value(json, Math.rint(values[i] * THOUSAND) / THOUSAND);
        }
        json.writeEndArray();
    }

    private static void number(JsonGenerator json, String field, double value) throws IOException {
        json.writeFieldName(field);
        value(json, value);
    }

    private static void value(JsonGenerator json, double value) throws IOException {
        if (Double.isFinite(value)) {
            json.writeNumber(value);
        } else {
            json.writeNull();
        }
    }
}
