package io.lstmstreams.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.recurrent.EventWindow;
import io.lstmstreams.recurrent.Readable;
import io.lstmstreams.recurrent.RunningVerdict;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.runtime.StateAdministration.Found;
import io.lstmstreams.state.StoredHeader;
import io.lstmstreams.state.UnreadableStateException;
import io.lstmstreams.statetopic.StateLine;
import io.lstmstreams.statetopic.StateRecord;
import java.time.Instant;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Descriptions of stored states, as text and as JSON. */
final class StateDescription {
    private StateDescription() {}

    /** Returns a state in one line. */
    static String line(StateRecord record) {
        String content;
        try {
            StoredHeader header = StoredHeader.of(record.value());
            content = header.ended()
                    ? "has ended, last record %s".formatted(time(header))
                    : "%s, last event %s%s"
                            .formatted(
                                    Readable.count(header.steps(), "step"),
                                    time(header),
                                    header.verdict().anomalous() ? ", anomalous" : "");
        } catch (UnreadableStateException e) {
            content = e.getMessage();
        }
        return "%s: %s, %,d bytes".formatted(name(record), content, record.value().length);
    }

    /** Returns an id without control characters. */
    private static String name(StateRecord record) {
        return record.sequence().replaceAll("\\p{Cntrl}", "?");
    }

    private static Instant time(StoredHeader header) {
        return Instant.ofEpochMilli(header.lastEventTime());
    }

    /** Returns the full description of a state. */
    static String text(Found found) {
        StringBuilder out = new StringBuilder();
        StoredHeader header = found.header();
        line(out, "sequence", name(found.record()));
        line(out, "partition", found.record().partition() + " of " + found.partitions());
        line(out, "steps", header.ended() ? "none, it has ended" : "%,d".formatted(header.steps()));
        line(out, header.ended() ? "last record" : "last event", time(header).toString());
        if (!header.ended()) {
            line(out, "verdict", verdict(header.verdict()));
        }
        line(out, "model", model(found));
        line(
                out,
                "stored",
                "%,d bytes, layout version %d".formatted(found.record().value().length, header.version()));
        if (found.numbers() != null) {
            numbers(out, found.numbers());
        } else if (found.missing() != null) {
            line(out, "numbers", "not shown: " + found.missing());
        }
        return out.toString();
    }

    private static String verdict(RunningVerdict verdict) {
        if (!verdict.hasScores()) {
            return "nothing scored yet";
        }
        return "sum of log probabilities %s, smallest %s at step %,d; largest rank %,d at step %,d; %s"
                .formatted(
                        Readable.number((float) verdict.sumLogProbability()),
                        Readable.number((float) verdict.minLogProbability()),
                        verdict.minAtStep(),
                        verdict.maxRank(),
                        verdict.maxRankAtStep(),
                        verdict.anomalous() ? "anomalous" : "not anomalous");
    }

    private static String model(Found found) {
        String name = found.model() == null ? "" : found.model().network().name() + ", ";
        String id = found.header().model().id() == 0
                ? ""
                : "id " + found.header().model().name() + ", ";
        return name + id + "fingerprint " + found.header().model().fingerprint().substring(0, 16);
    }

    private static void numbers(StringBuilder out, SequenceState state) {
        EventWindow window = state.window();
        if (state.hasWindow()) {
            line(out, "window", "%,d of %,d events".formatted(window.size(), window.capacity()));
            for (int i = 0; i < window.size(); i++) {
                line(out, "event " + (i + 1), event(window, i));
            }
        }
        for (int i = 0; !state.hasWindow() && i < state.layers(); i++) {
            vector(out, "layer " + (i + 1) + " h", state.h(i));
            if (state.c(i).length > 0) {
                vector(out, "layer " + (i + 1) + " c", state.c(i));
            }
        }
        if (state.hasOwnFeatures()) {
            vector(out, "head input", state.features());
        }
    }

    private static String event(EventWindow window, int position) {
        String inputs =
                window.indexes(position).length == 0 ? "" : "inputs " + Arrays.toString(window.indexes(position)) + " ";
        return inputs + "values [" + numbers(window.values(position), ", ") + "]";
    }

    private static void vector(StringBuilder out, String name, float[] values) {
        line(out, name, numbers(values, " "));
    }

    private static String numbers(float[] values, String between) {
        return IntStream.range(0, values.length)
                .mapToObj(i -> Readable.number(values[i]))
                .collect(Collectors.joining(between));
    }

    private static void line(StringBuilder out, String name, String value) {
        out.append("%-12s %s%n".formatted(name, value));
    }

    /** Returns the full description as JSON, with {@code state} as in results. */
    static String json(Found found) {
        ObjectNode json = StateLine.header(found.record()).put("partitions", found.partitions());
        if (found.missing() != null) {
            json.put("missing", found.missing());
        }
        SequenceState state = found.numbers();
        if (state == null) {
            return json.toString();
        }
        EventWindow window = state.window();
        if (!state.hasWindow()) {
            for (int i = 0; i < state.layers(); i++) {
                ObjectNode layer = json.withArray("state").addObject();
                put(layer, "h", state.h(i));
                if (state.c(i).length > 0) {
                    put(layer, "c", state.c(i));
                }
            }
        } else {
            json.putArray("window");
            for (int i = 0; i < window.size(); i++) {
                ObjectNode event = json.withArray("window").addObject();
                for (int input : window.indexes(i)) {
                    event.withArray("lines").add(input);
                }
                put(event, "values", window.values(i));
            }
        }
        if (state.hasOwnFeatures()) {
            put(json, "features", state.features());
        }
        return json.toString();
    }

    private static void put(ObjectNode json, String field, float[] values) {
        json.putArray(field);
        for (float value : values) {
            json.withArray(field).add(Float.isFinite(value) ? Float.valueOf(value) : null); // as in results
        }
    }
}
