package io.lstmstreams.statetopic;

import com.fasterxml.jackson.core.JsonProcessingException;
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
 * A state as a line of a file, in JSON. {@code sequence} and {@code state} (its bytes in Base64) are read back, {@code key} (the
 * id's bytes in Base64) where the name of the sequence would be read as another id, and where the state lies, if the line says
 * so; the other fields are for readers.
 *
 * @param record the state
 * @param partitions of the topic that it is of; 0 if the line does not say, nor the partition then
 */
public record StateLine(StateRecord record, int partitions) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectReader READER =
            JSON.readerFor(JsonNode.class).with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** The line, without its end. */
    public String write() {
        ObjectNode line = header(record).put("partitions", partitions);
        if (!Arrays.equals(SequenceName.toId(record.sequence()), record.key())) {
            line.put("key", record.key());
        }
        return line.put("state", record.value()).toString();
    }

    /** Whether the state can be read, and so imported. */
    public boolean isUsable() {
        try {
            StoredHeader.of(record.value());
            return true;
        } catch (UnreadableStateException e) {
            return false;
        }
    }

    /** What can be said of a state without its model: {@code damaged} is the reason why that is little. */
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
        RunningVerdict verdict = header.verdict();
        json.put("steps", header.steps()).put("time", header.lastEventTime());
        if (header.ended()) {
            json.put("ended", true);
        } else {
            json.put("sumLogProbability", verdict.sumLogProbability());
            if (verdict.hasScores()) {
                json.put("minLogProbability", verdict.minLogProbability())
                        .put("minAtStep", verdict.minAtStep())
                        .put("maxRank", verdict.maxRank())
                        .put("maxRankAtStep", verdict.maxRankAtStep());
            }
            json.put("anomalous", verdict.anomalous());
        }
        if (header.model().id() != 0) {
            json.put("model", header.model().name());
        }
        json.put("fingerprint", header.model().fingerprint());
    }

    /**
     * Reads a line.
     *
     * @throws IllegalArgumentException if it is no state that could be used
     */
    public static StateLine parse(String line) {
        JsonNode json = json(line);
        if (!json.path("sequence").isTextual() || !json.path("state").isTextual()) {
            throw new IllegalArgumentException("it needs the texts \"sequence\" and \"state\"");
        }
        byte[] key = json.has("key")
                ? bytes(json, "key")
                : SequenceName.toId(json.get("sequence").textValue());
        byte[] state = bytes(json, "state");
        try {
            StoredHeader.of(state);
        } catch (UnreadableStateException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        int partitions = json.has("partition") ? json.path("partitions").asInt(0) : 0;
        int partition = json.path("partition").asInt(0);
        if (partitions < 0 || partition < 0 || (partitions > 0 && partition >= partitions)) {
            throw new IllegalArgumentException("there is no partition " + partition + " of " + partitions);
        }
        return new StateLine(new StateRecord(key, partition, state), partitions);
    }

    private static JsonNode json(String line) {
        try {
            return READER.readTree(line);
        } catch (JsonProcessingException e) { // whose message quotes the line
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
            // it is no number and no list, and not this either
        }
        throw new IllegalArgumentException("its \"" + field + "\" is not Base64");
    }

    /**
     * Where the state belongs in a topic of so many partitions.
     *
     * @throws IllegalArgumentException if nobody knows
     */
    public int partitionOf(int others) {
        int byDefault = StateTopic.defaultPartition(record.key(), others);
        if (partitions == 0 || partitions == others) {
            return partitions == 0 ? byDefault : record.partition();
        }
        if (StateTopic.defaultPartition(record.key(), partitions) != record.partition()) {
            throw new IllegalArgumentException(
                    "its events are partitioned by a rule of their own, so it fits no topic but" + " one of "
                            + partitions + " partitions, and this one has " + others);
        }
        return byDefault;
    }
}
