package io.lstmstreams.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.config.OutputFormat;
import io.lstmstreams.event.BadEventException;
import io.lstmstreams.event.DeadLetterHeaders;
import io.lstmstreams.event.Utf8;
import io.lstmstreams.output.SequenceName;
import io.lstmstreams.recurrent.Readable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.StringJoiner;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** A record of an output topic, for people and for programs. Immutable. */
public final class OutputRecord {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");
    private static final double SMALL = 1e-9;

    private final OutputTopic topic;
    private final OutputFormat format;
    private final ConsumerRecord<byte[], byte[]> record;

    OutputRecord(OutputTopic topic, OutputFormat format, ConsumerRecord<byte[], byte[]> record) {
        this.topic = topic;
        this.format = format;
        this.record = record;
    }

    /**
     * Returns the record as one line of JSON: a result or a verdict as it is in its topic. A float32 result is {@code
     * {"sequence", "time", "output"}}, a dead letter {@code {"sequence", "time", "deadLetter"}} with the reason, the
     * record's position and its value.
     */
    public String json() {
        if (topic == OutputTopic.DEAD_LETTERS) {
            return deadLetter().toString();
        }
        if (topic == OutputTopic.RESULTS && format == OutputFormat.FLOAT32) {
            ObjectNode line = head();
            ArrayNode output = line.putArray("output");
            ByteBuffer bytes = ByteBuffer.wrap(value());
            while (bytes.remaining() >= Float.BYTES) {
                output.add(bytes.getFloat());
            }
            return line.toString();
        }
        return new String(value(), StandardCharsets.UTF_8);
    }

    private ObjectNode head() {
        ObjectNode line = JSON.createObjectNode();
        line.put("sequence", record.key() == null ? null : SequenceName.of(record.key()));
        return line.put("time", record.timestamp());
    }

    private ObjectNode deadLetter() {
        ObjectNode line = head();
        ObjectNode letter = line.putObject("deadLetter");
        letter.put("reason", header(DeadLetterHeaders.MESSAGE));
        letter.put("topic", header(DeadLetterHeaders.TOPIC));
        letter.put("partition", number(DeadLetterHeaders.PARTITION));
        letter.put("offset", number(DeadLetterHeaders.OFFSET));
        byte[] value = record.value();
        if (value == null) {
            return line;
        }
        String text = text(value);
        if (text == null) {
            letter.put("base64", value);
        } else {
            letter.put("value", text);
        }
        return line;
    }

    private static @Nullable String text(byte[] value) {
        try {
            return Utf8.decode(value, "the value");
        } catch (BadEventException e) {
            return null;
        }
    }

    private byte[] value() {
        return record.value() == null ? new byte[0] : record.value();
    }

    private @Nullable String header(String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    private @Nullable Long number(String name) {
        String text = header(name);
        return text == null || !text.matches("\\d{1,18}") ? null : Long.valueOf(text);
    }

    /**
     * Returns the record as one line of text: its local time, its sequence, and its main content. The
     * text contains names of the sender's choice, so it may contain control characters.
     */
    public String text() {
        String time = TIME.format(Instant.ofEpochMilli(record.timestamp()).atZone(ZoneId.systemDefault()));
        return time + "  "
                + switch (topic) {
                    case DEAD_LETTERS -> "dead letter  " + letterText(deadLetter());
                    case VERDICTS -> verdictText(tree());
                    case RESULTS -> resultText(tree());
                };
    }

    private JsonNode tree() {
        try {
            return JSON.readTree(json());
        } catch (JsonProcessingException e) {
            return head().put("unreadable", true); // somebody else's record
        }
    }

    private static String letterText(JsonNode line) {
        JsonNode letter = line.path("deadLetter");
        return "%s: %s (%s-%s at offset %s)"
                .formatted(
                        line.path("sequence").asText("no key"),
                        letter.path("reason").asText("unknown reason"),
                        letter.path("topic").asText("?"),
                        letter.path("partition").asText("?"),
                        letter.path("offset").asText("?"));
    }

    private static String resultText(JsonNode result) {
        if (result.has("unreadable")) {
            return "not a result of this application: "
                    + result.path("sequence").asText("no key");
        }
        JsonNode score = result.path("score");
        StringBuilder text = new StringBuilder(score.path("anomalous").asBoolean() ? "anomaly  " : "result   ");
        text.append(result.path("sequence").asText());
        if (result.has("step")) {
            text.append(", step ").append(result.path("step").asText());
        }
        if (result.has("event")) {
            text.append(": ").append(result.path("event").asText());
        }
        if (score.has("probability")) {
            text.append(", ").append(chance(score.path("probability").asDouble()));
            text.append(", rank ").append(score.path("rank").asText());
        }
        StringJoiner next = new StringJoiner(", ", "; next ", "").setEmptyValue("");
        for (JsonNode event : result.path("next")) {
            next.add(event.path("event").asText() + " "
                    + Readable.percent(event.path("probability").asDouble()));
        }
        text.append(next);
        return result.has("output")
                ? text.append("; output ").append(result.path("output")).toString()
                : text.toString();
    }

    private static String verdictText(JsonNode verdict) {
        if (verdict.has("unreadable")) {
            return "not a verdict of this application: "
                    + verdict.path("sequence").asText("no key");
        }
        long steps = verdict.path("steps").asLong();
        String judged = !verdict.has("anomalous")
                ? "not judged"
                : verdict.path("anomalous").asBoolean() ? "anomalous" : "normal";
        String text = "verdict  %s: %s after %s (%s)"
                .formatted(
                        verdict.path("sequence").asText(),
                        judged,
                        Readable.count(steps, "event"),
                        verdict.path("ended").asText());
        if (!verdict.has("minLogProbability")) {
            return text;
        }
        long step = verdict.path("minAtStep").asLong();
        return text + "; least probable: " + (step > steps ? "its end" : "step " + step) + ", "
                + chance(Math.exp(verdict.path("minLogProbability").asDouble()));
    }

    private static String chance(double probability) {
        return probability >= SMALL && probability < 0.001
                ? String.format(Locale.ROOT, "1 chance in %,d", Math.round(1 / probability))
                : probability < SMALL ? "less than 1 chance in a billion" : Readable.percent(probability);
    }
}
