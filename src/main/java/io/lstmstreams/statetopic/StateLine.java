package io.lstmstreams.statetopic;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.output.SequenceName;
import io.lstmstreams.recurrent.RunningVerdict;
import io.lstmstreams.state.StoredHeader;
import io.lstmstreams.state.UnreadableStateException;
import java.io.IOException;
import java.util.Arrays;

/**
 * A state as a line of a file, in JSON. An import reads {@code sequence}, {@code state} (the state's bytes in Base64),
 * and, if present, {@code partition} and {@code partitions}. It reads {@code key} (the id's bytes in Base64) if the
 * sequence's name would be read as another id. All other fields are for people.
 *
 * @param record the state
 * @param partitions the number of partitions of the state's topic; 0 if the line has neither this number nor the
 *     partition
 */
public record StateLine(StateRecord record, int partitions) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectReader READER = JSON.readerFor(JsonNode.class)
            .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .with(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

    /** Returns the line, without its line end. */
    public String write() {
        ObjectNode line = header(record).put("partitions", partitions);
        if (!Arrays.equals(SequenceName.toId(record.sequence()), record.key())) {
            line.put("key", record.key());
        }
        return line.put("state", record.value()).toString();
    }

    /** Returns whether the state can be read, and so imported. */
    public boolean isUsable() {
        try {
            StoredHeader.of(record.value());
            return true;
        } catch (UnreadableStateException e) {
            return false;
        }
    }

    /**
     * Returns the fields of a state that can be read without its model. If the state cannot be read, {@code damaged} or
     * {@code unreadable} has the reason.
     */
    public static ObjectNode header(StateRecord record) {
        ObjectNode json =
                JSON.createObjectNode().put("sequence", record.sequence()).put("partition", record.partition());
        try {
            write(json, StoredHeader.of(record.value()));
        } catch (UnreadableStateException e) {
            json.put(e.reason() == UnreadableStateException.Reason.DAMAGED ? "damaged" : "unreadable", e.getMessage());
        }
        return json.put("bytes", record.value().length);
    }

    private static void write(ObjectNode json, StoredHeader header) {
        json.put("steps", header.steps()).put("time", header.lastEventTime());
        if (header.ended()) {
            json.put("ended", true);
        } else {
            write(json, header.verdict());
        }
        if (header.model().id() != 0) {
            json.put("model", header.model().name());
        }
        json.put("fingerprint", header.model().fingerprint());
    }

    private static void write(ObjectNode json, RunningVerdict verdict) {
        if (verdict.hasScores()) {
            put(json, "sumLogProbability", verdict.sumLogProbability());
            put(json, "minLogProbability", verdict.minLogProbability());
            json.put("minAtStep", verdict.minAtStep())
                    .put("maxRank", verdict.maxRank())
                    .put("maxRankAtStep", verdict.maxRankAtStep())
                    .put("anomalous", verdict.anomalous());
        }
    }

    /** Writes a number as results do: null if it is not finite. */
    private static void put(ObjectNode json, String field, double value) {
        json.put(field, Double.isFinite(value) ? Double.valueOf(value) : null);
    }

    /**
     * Parses a line.
     *
     * @throws IllegalArgumentException if the line is not a usable state
     */
    public static StateLine parse(String line) {
        JsonNode json = json(line);
        if (!json.path("sequence").isTextual() || !json.path("state").isTextual()) {
            throw new IllegalArgumentException("it must have the texts \"sequence\" and \"state\"");
        }
        byte[] key = key(json, json.get("sequence").textValue());
        byte[] state = bytes(json, "state");
        try {
            StoredHeader.of(state);
        } catch (UnreadableStateException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        if (!json.has("partition") && !json.has("partitions")) {
            return new StateLine(new StateRecord(key, 0, state), 0);
        }
        int partitions = number(json, "partitions");
        int partition = number(json, "partition");
        if (partition >= partitions) {
            throw new IllegalArgumentException("there is no partition " + partition + " of " + partitions);
        }
        return new StateLine(new StateRecord(key, partition, state), partitions);
    }

    private static byte[] key(JsonNode json, String sequence) {
        if (!json.has("key")) {
            return SequenceName.toId(sequence);
        }
        byte[] key = bytes(json, "key");
        if (!SequenceName.of(key).equals(sequence)) {
            throw new IllegalArgumentException("its \"key\" must be the id of its \"sequence\"");
        }
        return key;
    }

    private static int number(JsonNode json, String field) {
        JsonNode number = json.path(field);
        if (!number.isIntegralNumber() || !number.canConvertToInt() || number.intValue() < 0) {
            throw new IllegalArgumentException(
                    "its \"partition\" and \"partitions\" must be whole numbers from 0, but \"" + field + "\" is not");
        }
        return number.intValue();
    }

    private static JsonNode json(String line) {
        try {
            return READER.readTree(line);
        } catch (StreamConstraintsException e) {
            throw new IllegalArgumentException("its JSON exceeds a limit: " + e.getOriginalMessage(), e);
        } catch (JsonProcessingException e) { // its message quotes the line
            throw new IllegalArgumentException("it is not JSON", e);
        }
    }

    private static byte[] bytes(JsonNode json, String field) {
        try {
            byte[] bytes = json.get(field).binaryValue();
            if (bytes != null) {
                return bytes;
            }
        } catch (IOException e) {
            // text, but not Base64
        }
        throw new IllegalArgumentException("its \"" + field + "\" is not Base64");
    }

    /**
     * Returns the partition to which the state belongs in a topic.
     *
     * @param others the topic's number of partitions
     * @throws IllegalArgumentException if the partition cannot be determined
     */
    public int partitionOf(int others) {
        int byDefault = StateTopic.defaultPartition(record.key(), others);
        if (partitions == 0 || partitions == others) {
            return partitions == 0 ? byDefault : record.partition();
        }
        if (StateTopic.defaultPartition(record.key(), partitions) != record.partition()) {
            throw new IllegalArgumentException(
                    "its topic does not use Kafka's default partitioning, so it requires a topic of " + partitions
                            + " partitions, but this topic has " + others);
        }
        return byDefault;
    }
}
